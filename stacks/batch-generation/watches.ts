import {
  metricsOf,
  watchEndpoint,
  watchFunction,
  watchGuardrail,
  watchHttpApi,
  watchQueue,
  watchService,
  watchStateMachine,
  type AsyncEndpoint,
  type Guardrail,
  type HttpApi,
  type StateMachine,
  type Watch,
  type WorkQueue,
} from '@plinth/infra';
import type * as pulumi from '@pulumi/pulumi';
import type { BatchGenerationConfig } from './config.ts';
import type { HeardEvent } from './events.ts';

export interface WatchedParts {
  readonly api: HttpApi;
  readonly functions: Readonly<Record<'api' | 'dispatch' | 'steps', { readonly functionName: pulumi.Output<string> }>>;
  readonly work: WorkQueue;
  readonly control: WorkQueue;
  readonly machine: StateMachine;
  readonly guardrail: Guardrail | undefined;
  readonly endpoint: AsyncEndpoint | undefined;
  readonly interruptions: HeardEvent | undefined;
}

const DAY_SECONDS = 86_400;

/** What is watched, in the order a batch travels. */
export function watchesOf(config: BatchGenerationConfig, parts: WatchedParts): readonly Watch[] {
  const { api, functions, work, control, machine, guardrail, endpoint, interruptions } = parts;
  const { engines, windows } = config;
  return [
    watchHttpApi(api),
    ...Object.entries(functions).map(([label, { functionName }]) => watchFunction({ functionName, label })),
    // With windows, work may wait for the next one; over a weekend it waits longer, and the alarm is right to say so.
    watchQueue({ label: 'work', ...queueNames(work), oldestSeconds: windows.hours.length > 0 ? DAY_SECONDS : 3600 }),
    watchQueue({ label: 'control', ...queueNames(control), oldestSeconds: 900 }),
    watchStateMachine({ arn: machine.arn }),
    ...(engines.async !== undefined && endpoint !== undefined
      ? [watchEndpoint({ endpointName: endpoint.endpointName, asyncBacklog: engines.async.alarmBacklog })]
      : []),
    ...(engines.spot !== undefined && interruptions !== undefined
      ? [watchInterruptions(interruptions.rule.name, engines.spot.alarmInterruptionsPerHour)]
      : []),
    ...(guardrail === undefined ? [] : [watchGuardrail(guardrail)]),
    watchService({
      namespace: 'Plinth/Batch',
      models: config.models.map(({ id }) => id),
      tokensPerHour: config.alarmTokensPerHour,
    }),
  ];
}

function queueNames({ queueName, deadLetterName }: WorkQueue) {
  return { queueName, deadLetterName };
}

/** How often Spot took a machine back. Now and then it will; often, the types chosen have run dry. */
function watchInterruptions(ruleName: pulumi.Input<string>, perHour: number): Watch {
  const taken = metricsOf('AWS/Events', { RuleName: ruleName })('MatchedEvents', 'Sum', 'machines taken back');
  return {
    alarms: {
      'spot-interruptions': {
        description: 'Spot takes machines back often, and work is done twice. Name more instance types, or wait.',
        metrics: [taken],
        periodSeconds: 3600,
        threshold: perHour,
      },
    },
    graphs: [{ title: 'Spot interruptions', lines: [taken] }],
  };
}
