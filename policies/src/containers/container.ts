import type { Unknown } from '../unknown.ts';

/** A container of a pod, a task definition or a SageMaker model, as rules read it. */
export interface Container {
  readonly name: string;
  readonly image: unknown;
  /** Command and arguments, in order; a member may be unknown. */
  readonly command: readonly unknown[] | Unknown;
  /** Variables by name; a value read from elsewhere (a secret, a config map) is unknown. */
  readonly environment: readonly (readonly [string, unknown])[] | Unknown;
}

/** What a container may do on its host. `undefined` means not set. */
export interface Confinement {
  /** Whether it is certain not to run as root. */
  readonly nonRoot: unknown;
  readonly privileged: unknown;
  readonly readOnlyRoot: unknown;
  /** Whether a process may gain rights its parent lacks. ECS has no such setting: `not-applicable`. */
  readonly escalation: unknown;
}

export interface ConfinedContainer extends Container {
  readonly confinement: Confinement;
}
