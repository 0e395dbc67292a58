import { StackError } from '../governance/stack-error.ts';

/**
 * How an endpoint moves to a new configuration. Each goes back by itself if a rollback alarm fires. For Marketplace containers and on Inf1,
 * SageMaker moves all traffic at once whatever is asked for (developer guide, "Deployment guardrails: exclusions").
 */
export type Rollout =
  /** A new fleet takes this share of traffic, and the rest after it has behaved for a while. Needs room for both fleets. */
  | { kind: 'canary'; percent?: number; bakeSeconds?: number }
  /** A new fleet takes traffic step by step. Needs room for both fleets. */
  | { kind: 'linear'; stepPercent: number; waitSeconds: number }
  /** A batch of instances at a time, where capacity for a second fleet cannot be had, as with large GPUs. */
  | { kind: 'rolling'; batchPercent: number; waitSeconds: number };

/** Seconds the old fleet stays after the new one has all traffic, ready to take it back. */
const OLD_FLEET_STAYS = 300;
/** Seconds a move may take in all, before SageMaker gives up and goes back. */
const LONGEST_MOVE = 4 * 3600;

/** The endpoint's deployment configuration: a rollout, and the alarms that turn it back. */
export function deploymentConfig<T>(rollout: Rollout, alarms: T[]) {
  return { ...updatePolicy(rollout), autoRollbackConfiguration: { alarms } };
}

function updatePolicy(rollout: Rollout) {
  switch (rollout.kind) {
    case 'canary': {
      const value = percent(rollout.percent ?? 10);
      return blueGreen({
        type: 'CANARY',
        canarySize: capacity(value),
        waitIntervalInSeconds: rollout.bakeSeconds ?? 600,
      });
    }
    case 'linear': {
      const value = percent(rollout.stepPercent);
      return blueGreen({ type: 'LINEAR', linearStepSize: capacity(value), waitIntervalInSeconds: rollout.waitSeconds });
    }
    case 'rolling':
      return {
        rollingUpdatePolicy: {
          maximumBatchSize: capacity(percent(rollout.batchPercent, 5)),
          waitIntervalInSeconds: rollout.waitSeconds,
          maximumExecutionTimeoutInSeconds: LONGEST_MOVE,
        },
      };
  }
}

function blueGreen<T>(trafficRoutingConfiguration: T) {
  return {
    blueGreenUpdatePolicy: {
      trafficRoutingConfiguration,
      terminationWaitInSeconds: OLD_FLEET_STAYS,
      maximumExecutionTimeoutInSeconds: LONGEST_MOVE,
    },
  };
}

const capacity = (value: number) => ({ type: 'CAPACITY_PERCENT', value });

/** SageMaker's bounds: a canary and a step are half the fleet at most, so is a batch, and that at least 5 percent. */
function percent(value: number, least = 1): number {
  if (!Number.isInteger(value) || value < least || value > 50)
    throw new StackError(`A rollout moves ${least} to 50 percent of the fleet at a time, not ${value}.`);
  return value;
}
