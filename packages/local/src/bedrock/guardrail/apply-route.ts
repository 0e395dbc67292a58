import type { Context } from 'hono';
import * as z from 'zod';
import { PlatformError } from '@plinth/contracts';
import { readJson } from '../../http/read-json.ts';
import { assess, mergeAssessments, type Verdict } from './assess.ts';
import type { GuardrailDirectory } from './guardrail-directory.ts';
import { coverage, guardrailUsage, INTERVENED_REASON } from './report.ts';

const ApplyRequest = z.object({
  source: z.enum(['INPUT', 'OUTPUT']),
  content: z.array(z.record(z.string(), z.unknown())).min(1).max(1_024),
  outputScope: z.enum(['INTERVENTIONS', 'FULL']).nullish(),
});
const TextBlock = z.object({ text: z.object({ text: z.string().max(1_000_000) }) });

/** POST /guardrail/{id}/version/{version}/apply: a guardrail by itself, with no model. */
export async function applyGuardrail(c: Context, guardrails: GuardrailDirectory): Promise<Response> {
  const guardrail = guardrails.find(c.req.param('guardrailId') ?? '', c.req.param('version') ?? '');
  const { source, content } = await readJson(c, ApplyRequest);
  const texts = content.map((block) => {
    const parsed = TextBlock.safeParse(block);
    if (parsed.success) return parsed.data.text.text;
    throw new PlatformError('unsupported_feature', 'This guardrail looks at text only; send text blocks.');
  });
  const verdicts = texts.map((text) => assess(guardrail, text));
  const messaging = source === 'INPUT' ? guardrail.blockedInputMessaging : guardrail.blockedOutputsMessaging;
  const outputs = outputsOf(verdicts, messaging);
  return c.json({
    usage: guardrailUsage(guardrail, texts),
    action: outputs.length > 0 ? 'GUARDRAIL_INTERVENED' : 'NONE',
    ...(outputs.length > 0 && { actionReason: INTERVENED_REASON }),
    outputs,
    assessments: [mergeAssessments(verdicts.map(({ assessment }) => assessment))],
    guardrailCoverage: coverage(texts),
  });
}

function outputsOf(verdicts: readonly Verdict[], messaging: string): { text: string }[] {
  if (verdicts.some(({ action }) => action === 'BLOCKED')) return [{ text: messaging }];
  if (verdicts.every(({ action }) => action === 'NONE')) return [];
  return verdicts.map(({ text }) => ({ text }));
}
