import type { Assessment } from './assess.ts';
import type { GuardrailDefinition } from './guardrail-config.ts';
import { coverage, guardrailUsage, INTERVENED_REASON } from './report.ts';

interface Assessed {
  texts: readonly string[];
  assessment: Assessment;
}

/** Bedrock's GuardrailTraceAssessment: assessments keyed by the guardrail's id. */
export interface GuardrailTrace {
  inputAssessment: Record<string, unknown>;
  outputAssessments?: Record<string, unknown[]>;
  actionReason?: string;
}

export function traceOf(guardrail: GuardrailDefinition, input: Assessed, output: Assessed | undefined): GuardrailTrace {
  const report = ({ texts, assessment }: Assessed) => ({
    ...assessment,
    invocationMetrics: {
      guardrailProcessingLatency: 0,
      usage: guardrailUsage(guardrail, texts),
      guardrailCoverage: coverage(texts),
    },
  });
  const intervened = [input, output].some((seen) => seen && Object.keys(seen.assessment).length > 0);
  return {
    inputAssessment: { [guardrail.id]: report(input) },
    ...(output && { outputAssessments: { [guardrail.id]: [report(output)] } }),
    ...(intervened && { actionReason: INTERVENED_REASON }),
  };
}
