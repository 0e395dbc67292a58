import type * as pulumi from '@pulumi/pulumi';
import { metricsOf, type Watch } from './watch.ts';

/**
 * Bedrock's own numbers. They are those of the whole account and Region: Bedrock reports them without a model, too, and quotas are
 * shared the same way.
 */
export function watchBedrock(limits: {
  /** Tokens, read and written together, that are more than an hour should ever see. @default no alarm on tokens */
  tokensPerHour?: number;
}): Watch {
  const metric = metricsOf('AWS/Bedrock', {});
  const tokens = [metric('InputTokenCount', 'Sum', 'tokens read'), metric('OutputTokenCount', 'Sum', 'tokens written')];
  return {
    alarms: {
      'model-throttles': {
        description: 'Bedrock throttles calls. Raise the model quota, or lower the limits of tenants.',
        metrics: [metric('InvocationThrottles', 'Sum', 'throttled')],
        periodSeconds: 300,
        threshold: 5,
      },
      'model-errors': {
        description: 'Bedrock fails calls. See the AWS health dashboard, then the traces of failed requests.',
        metrics: [metric('InvocationServerErrors', 'Sum', 'failed')],
        periodSeconds: 300,
        threshold: 5,
      },
      ...(limits.tokensPerHour !== undefined && {
        tokens: {
          description: 'More tokens in an hour than planned for. See which tenant spends them, and its limits.',
          metrics: tokens,
          periodSeconds: 3600,
          threshold: limits.tokensPerHour,
        },
      }),
    },
    graphs: [
      {
        title: 'Model calls',
        lines: [
          metric('Invocations', 'Sum', 'calls'),
          metric('InvocationThrottles', 'Sum', 'throttled'),
          metric('InvocationServerErrors', 'Sum', 'failed'),
        ],
      },
      { title: 'Time of a model call', lines: [metric('InvocationLatency', 'p99', 'p99, ms')] },
      { title: 'Tokens', lines: tokens },
    ],
  };
}

/** A guardrail's pinned version: how often it is asked, and how often it steps in. */
export function watchGuardrail(guardrail: {
  arn: pulumi.Input<string>;
  version: pulumi.Input<string>;
  /** Interventions in five minutes that point to an attack, or to a guardrail that is too strict. @default 50 */
  blocks?: number;
}): Watch {
  const metric = metricsOf('AWS/Bedrock/Guardrails', {
    GuardrailArn: guardrail.arn,
    GuardrailVersion: guardrail.version,
  });
  const stepsIn = metric('InvocationsIntervened', 'Sum', 'stopped or masked');
  return {
    alarms: {
      'guardrail-blocks': {
        description: 'The guardrail steps in unusually often: an attack, or a rule that is too strict.',
        metrics: [stepsIn],
        periodSeconds: 300,
        threshold: guardrail.blocks ?? 50,
      },
    },
    graphs: [{ title: 'Guardrail', lines: [metric('Invocations', 'Sum', 'checks'), stepsIn] }],
  };
}

export interface WatchedService {
  /** Where the service reports in the embedded metric format, for example `Plinth/Chat`. */
  readonly namespace: string;
  /** Models whose numbers are added up in alarms, by the names callers use; dashboards find them by themselves. @default none: no alarms */
  readonly models?: readonly string[];
  /** Tokens, read and written together, that are more than an hour should ever see. @default no alarm on tokens */
  readonly tokensPerHour?: number;
  /** Blocks in five minutes that point to an attack. @default 50 */
  readonly blocks?: number;
  /** Failed requests in five minutes. @default 5 */
  readonly errors?: number;
}

/** What a service of ours reports itself, by model: the one source of tokens and blocks where the model is not Bedrock's. */
export function watchService(service: WatchedService): Watch {
  const { namespace, models = [] } = service;
  const summed = (...names: string[]) =>
    models.flatMap((Model) => names.map((name) => metricsOf(namespace, { Model })(name, 'Sum', `${Model}: ${name}`)));
  const found = (name: string, stat: string) => ({ namespace, dimension: 'Model', name, stat });
  return {
    alarms:
      models.length === 0
        ? {}
        : {
            'service-errors': {
              description: 'The service fails requests. See its log group for the request ids.',
              metrics: summed('Errors'),
              periodSeconds: 300,
              threshold: service.errors ?? 5,
            },
            'service-guard-blocks': {
              description: 'Requests or answers are blocked unusually often: an attack, or a rule that is too strict.',
              metrics: summed('GuardBlocks'),
              periodSeconds: 300,
              threshold: service.blocks ?? 50,
            },
            ...(service.tokensPerHour !== undefined && {
              'service-tokens': {
                description: 'More tokens in an hour than planned for. See which tenant spends them, and its limits.',
                metrics: summed('InputTokens', 'OutputTokens'),
                periodSeconds: 3600,
                threshold: service.tokensPerHour,
              },
            }),
          },
    graphs: [
      { title: 'Time to first token, p99 by model, ms', lines: found('TimeToFirstToken', 'p99') },
      { title: 'Spent by model, US dollars', lines: found('CostUsd', 'Sum') },
    ],
  };
}
