import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

export type Json = Readonly<Record<string, unknown>>;
interface State extends Json {
  readonly Type: string;
  readonly Resource?: string;
  readonly Retry?: readonly unknown[];
  readonly ItemReader?: { readonly Parameters: Json };
  readonly ItemSelector?: Json;
  readonly ItemBatcher?: { readonly MaxItemsPerBatch: number; readonly BatchInput: Json };
  readonly ItemProcessor?: Scope;
  readonly MaxConcurrency?: number;
  readonly ToleratedFailurePercentage?: number;
}
export interface Scope {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** The interpreter as far as it is used here; its own types need its own package. */
interface Interpreter {
  readonly StateMachine: new (
    definition: object,
    options: object,
  ) => {
    run(input: object, options: object): { readonly result: Promise<unknown>; abort(): void };
  };
}

/** An interpreter of the Amazon States Language (aws-local-stepfunctions); undefined where it is not installed: it wants Node 22. */
export async function interpreter(): Promise<Interpreter | undefined> {
  const name = 'aws-local-stepfunctions';
  return typeof Reflect.get(Promise, 'withResolvers') === 'function'
    ? ((await import(name).catch(() => undefined)) as Interpreter | undefined)
    : undefined;
}

export interface RunOptions {
  readonly name: string;
  readonly input: object;
  /** What a task of this resource answers to these parameters. */
  readonly task: (resource: string, parameters: Json) => Promise<unknown>;
  /** Lines of the JSONL file that a map reads. */
  readonly items: (bucket: string, key: string) => Promise<readonly unknown[]>;
  readonly signal: AbortSignal;
}

/**
 * Runs a workflow of Step Functions. Every state is the interpreter's but one: it knows no distributed map, so a map is read and cut here, by the
 * fields of its definition, and each item's states are run by the interpreter, as a run of their own. Nothing is waited for.
 */
export async function runWorkflow({ StateMachine }: Interpreter, scope: Scope, options: RunOptions): Promise<unknown> {
  const { name, input, signal } = options;
  const { ProcessorConfig: _, ...rest } = scope as Scope & { readonly ProcessorConfig?: object };
  const definition = { ...rest, States: Object.fromEntries(Object.entries(scope.States).map(plain)) };
  const handlers = Object.fromEntries(
    Object.entries(scope.States).flatMap(([state, { Type, Resource }]) => {
      if (Type === 'Map')
        return [[state, (given: Json) => runMap({ StateMachine }, scope.States[state]!, given, options)]];
      return Type === 'Task'
        ? [[state, (given: Json) => options.task(Resource!.replace('arn:aws:states:::', ''), given)]]
        : [];
    }),
  );
  const named = (type: string) =>
    Object.entries(scope.States).flatMap(([state, { Type }]) => (Type === type ? [[state, 0]] : []));
  const machine = new StateMachine(definition, { validationOptions: { checkArn: false } });
  const run = machine.run(input, {
    overrides: {
      taskResourceLocalHandlers: handlers,
      waitTimeOverrides: Object.fromEntries(named('Wait')) as object,
      retryIntervalOverrides: Object.fromEntries([...named('Task'), ...named('Map')]) as object,
    },
    context: { Execution: { Name: name, Id: `arn:aws:states:us-east-1:123456789012:execution:batch:${name}` } },
  });
  signal.addEventListener('abort', () => run.abort(), { once: true });
  return run.result;
}

/** A map as a task that has an answer of its own. */
function plain([name, state]: [string, State]): [string, object] {
  if (state.Type !== 'Map') return [name, state];
  const { Catch, ResultPath, Next } = state;
  return [name, { Type: 'Task', Resource: 'arn:aws:states:::map', Catch, ResultPath, Next }];
}

async function runMap(by: Interpreter, map: State, given: Json, options: RunOptions): Promise<object> {
  const evaluate = (template: Json, context: object = {}) => evaluated(by, template, given, context);
  const { Bucket, Key } = (await evaluate(map.ItemReader!.Parameters)) as { Bucket: string; Key: string };
  const items = await options.items(Bucket, Key);
  const inputs: object[] = [];
  if (map.ItemBatcher === undefined)
    for (const Value of items) inputs.push(await evaluate(map.ItemSelector!, { Map: { Item: { Value } } }));
  else {
    const BatchInput = await evaluate(map.ItemBatcher.BatchInput);
    const { MaxItemsPerBatch } = map.ItemBatcher;
    for (let at = 0; at < items.length; at += MaxItemsPerBatch)
      inputs.push({ BatchInput, Items: items.slice(at, at + MaxItemsPerBatch) });
  }
  const ends = await Promise.allSettled(
    inputs.map((input) => runWorkflow(by, map.ItemProcessor!, { ...options, input, name: randomUUID() })),
  );
  if (options.signal.aborted) await wait(3_600_000, undefined, { signal: options.signal });
  const failed = ends.filter(isRejected).length;
  if ((failed * 100) / ends.length > (map.ToleratedFailurePercentage ?? 0))
    throw Object.assign(new Error(`${failed} of ${ends.length} failed: ${String(ends.find(isRejected)?.reason)}`), {
      name: 'States.ExceedToleratedFailureThreshold',
    });
  return {};
}

const isRejected = (end: PromiseSettledResult<unknown>): end is PromiseRejectedResult => end.status === 'rejected';

/** What a payload template comes to. */
async function evaluated({ StateMachine }: Interpreter, template: Json, given: Json, context: object): Promise<object> {
  const definition = { StartAt: 'Say', States: { Say: { Type: 'Pass', Parameters: template, End: true } } };
  const machine = new StateMachine(definition, { validationOptions: { noValidate: true } });
  return (await machine.run(given, { context }).result) as object;
}
