import type * as pulumi from '@pulumi/pulumi';

/** The parts of a chat front that AWS reports numbers of. */
export interface ChatMetrics {
  functionName: pulumi.Input<string>;
  apiName: pulumi.Input<string>;
  stageName: pulumi.Input<string>;
  guardrailArn: pulumi.Input<string>;
  guardrailVersion: pulumi.Input<string>;
}

/** Where the chat service itself reports, by model. */
export const SERVICE_NAMESPACE = 'Plinth/Chat';

export interface MetricReference {
  readonly namespace: string;
  readonly name: string;
  readonly stat: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  readonly label: string;
}

/**
 * Every number alarms and dashboards show, in one place.
 *
 * Bedrock's are those of the whole account and Region: it reports them without a model, too, and quotas are shared the same way.
 */
export function chatMetrics(front: ChatMetrics) {
  const model = metrics('AWS/Bedrock', {});
  const guardrail = metrics('AWS/Bedrock/Guardrails', {
    GuardrailArn: front.guardrailArn,
    GuardrailVersion: front.guardrailVersion,
  });
  const fn = metrics('AWS/Lambda', { FunctionName: front.functionName });
  const api = metrics('AWS/ApiGateway', { ApiName: front.apiName, Stage: front.stageName });
  return {
    requests: api('Count', 'Sum', 'requests'),
    clientErrors: api('4XXError', 'Sum', 'refused (4xx)'),
    serverErrors: api('5XXError', 'Sum', 'failed (5xx)'),
    serverErrorShare: api('5XXError', 'Average', 'share of 5xx'),
    functionErrors: fn('Errors', 'Sum', 'errors'),
    functionThrottles: fn('Throttles', 'Sum', 'throttles'),
    functionConcurrency: fn('ConcurrentExecutions', 'Maximum', 'streams at once'),
    functionDuration: fn('Duration', 'p99', 'p99, ms'),
    modelInvocations: model('Invocations', 'Sum', 'calls'),
    modelThrottles: model('InvocationThrottles', 'Sum', 'throttled'),
    modelServerErrors: model('InvocationServerErrors', 'Sum', 'failed'),
    modelLatency: model('InvocationLatency', 'p99', 'p99, ms'),
    inputTokens: model('InputTokenCount', 'Sum', 'tokens read'),
    outputTokens: model('OutputTokenCount', 'Sum', 'tokens written'),
    guardrailCalls: guardrail('Invocations', 'Sum', 'checks'),
    guardrailInterventions: guardrail('InvocationsIntervened', 'Sum', 'stopped or masked'),
  } satisfies Record<string, MetricReference>;
}

function metrics(namespace: string, dimensions: Readonly<Record<string, pulumi.Input<string>>>) {
  return (name: string, stat: string, label: string): MetricReference => ({ namespace, name, stat, dimensions, label });
}
