import type * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';

/** JSON of which parts may be known later, as ARNs are. */
export type StateValue =
  | pulumi.Input<string>
  | pulumi.Output<number>
  | pulumi.Output<object>
  | number
  | boolean
  | null
  | readonly StateValue[]
  | { readonly [key: string]: StateValue };
type Template = Readonly<Record<string, StateValue>>;

/** A workflow in the Amazon States Language (states-language.net), as far as the platform uses it. */
export interface Workflow extends States {
  readonly Comment?: string;
  /** @default 'JSONPath' */
  readonly QueryLanguage?: 'JSONPath' | 'JSONata';
  /** Seconds after which a run is ended, however far it came. */
  readonly TimeoutSeconds: number;
}

export interface States {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export type State =
  TaskState | MapState | ParallelState | ChoiceState | WaitState | PassState | SucceedState | FailState;

/** What comes next. One of the two. */
type Onward = { readonly Next: string; readonly End?: never } | { readonly End: true; readonly Next?: never };

interface Shaping {
  readonly Comment?: string;
  readonly InputPath?: string | null;
  readonly OutputPath?: string | null;
  readonly ResultPath?: string | null;
  readonly ResultSelector?: Template;
  readonly Parameters?: Template;
  /** JSONata's way to say the same. */
  readonly Arguments?: StateValue;
  readonly Output?: StateValue;
  readonly Assign?: Template;
}

interface Failing {
  readonly Retry?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly IntervalSeconds?: number;
    readonly MaxAttempts?: number;
    readonly BackoffRate?: number;
    readonly MaxDelaySeconds?: number;
    readonly JitterStrategy?: 'FULL' | 'NONE';
  }[];
  readonly Catch?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly Next: string;
    readonly ResultPath?: string | null;
  }[];
}

export type TaskState = Shaping &
  Failing &
  Onward & {
    readonly Type: 'Task';
    readonly Resource: pulumi.Input<string>;
    /** Seconds. AWS would wait for a year, as for a token that nobody sends back. */
    readonly TimeoutSeconds: number;
    readonly HeartbeatSeconds?: number;
  };

export type MapState = Shaping &
  Failing &
  Onward & {
    readonly Type: 'Map';
    readonly Label?: string;
    readonly ItemsPath?: string;
    readonly Items?: StateValue;
    readonly ItemReader?: Template;
    readonly ItemSelector?: Template;
    readonly ItemBatcher?: Template;
    readonly ResultWriter?: Template;
    readonly ItemProcessor: States & {
      readonly ProcessorConfig?:
        { readonly Mode: 'INLINE' } | { readonly Mode: 'DISTRIBUTED'; readonly ExecutionType: 'STANDARD' | 'EXPRESS' };
    };
    /** Items at once. AWS would start ten thousand. */
    readonly MaxConcurrency: number;
    readonly ToleratedFailurePercentage?: number;
  };

export type ParallelState = Shaping &
  Failing &
  Onward & { readonly Type: 'Parallel'; readonly Branches: readonly States[] };

export interface ChoiceState extends Shaping {
  readonly Type: 'Choice';
  readonly Choices: readonly ({ readonly Next: string } & Template)[];
  readonly Default?: string;
}

export type WaitState = Shaping &
  Onward & { readonly Type: 'Wait' } & (
    | { readonly Seconds: number | string }
    | { readonly SecondsPath: string }
    | { readonly Timestamp: string }
    | { readonly TimestampPath: string }
  );

export type PassState = Shaping & Onward & { readonly Type: 'Pass'; readonly Result?: StateValue };

export interface SucceedState extends Shaping {
  readonly Type: 'Succeed';
}

export interface FailState {
  readonly Type: 'Fail';
  readonly Comment?: string;
  readonly Error?: string;
  readonly Cause?: string;
}

/**
 * Holds a workflow to what AWS would only say on deployment: every state that is named is there, and every state that is there is named.
 *
 * @throws {StackError} naming the states in question
 */
export function checkStates({ StartAt, States: states }: States): void {
  const named = new Set([StartAt, ...Object.values(states).flatMap(nextOf)]);
  const missing = [...named].filter((name) => !Object.hasOwn(states, name));
  if (missing.length > 0) throw new StackError(`The workflow goes to "${missing.join('", "')}", which it lacks.`);
  const unreached = Object.keys(states).filter((name) => !named.has(name));
  if (unreached.length > 0) throw new StackError(`No state of the workflow goes to "${unreached.join('", "')}".`);
  for (const inner of Object.values(states).flatMap(innerOf)) checkStates(inner);
}

/** Whether a map of the workflow, at any depth, runs its items as executions of their own. */
export function isDistributed({ States: states }: States): boolean {
  return Object.values(states).some(
    (state) =>
      (state.Type === 'Map' && state.ItemProcessor.ProcessorConfig?.Mode === 'DISTRIBUTED') ||
      innerOf(state).some(isDistributed),
  );
}

function nextOf(state: State): string[] {
  const next = 'Next' in state && state.Next !== undefined ? [state.Next] : [];
  const caught = 'Catch' in state ? (state.Catch ?? []).map(({ Next }) => Next) : [];
  const chosen = state.Type === 'Choice' ? state.Choices.map(({ Next }) => Next) : [];
  const otherwise = state.Type === 'Choice' && state.Default !== undefined ? [state.Default] : [];
  return [...next, ...caught, ...chosen, ...otherwise];
}

function innerOf(state: State): States[] {
  if (state.Type === 'Map') return [state.ItemProcessor];
  return state.Type === 'Parallel' ? [...state.Branches] : [];
}
