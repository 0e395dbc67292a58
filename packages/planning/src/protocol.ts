import type { PlannedValue, ProgramPlan } from './plan.ts';

/** What the planner and the process that runs the program say to each other. All of it is JSON. */

export interface PlanRequest {
  readonly kind: 'plan';
  readonly project: string;
  readonly stack: string;
  /** Absolute path of the program. */
  readonly main: string;
  /** Fully named settings, `aws:region`. */
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /**
   * `traced`: ids, ARNs and names that only creation tells are stand-ins the planner recognises again, so that text around them is known.
   * `opaque`: they are unknown as in a real preview, and everything computed from them is, too.
   */
  readonly unknowns: 'traced' | 'opaque';
}

/** Outputs of a stack another program refers to; `undefined` when that stack cannot be planned here. */
export interface StackOutputs {
  readonly kind: 'stack-outputs';
  readonly name: string;
  readonly outputs: Readonly<Record<string, ExportedValue>> | undefined;
  readonly reason?: string;
}

/** An output on its way to another program, marked as in a plan, with where its unknown parts come from. */
export interface ExportedValue {
  readonly value: PlannedValue;
  readonly sources: readonly {
    readonly urn: string;
    readonly type: string;
    readonly property: string;
    readonly name: string;
  }[];
}

export type ToProgram = PlanRequest | StackOutputs;

export type FromProgram =
  | { readonly kind: 'need-stack-outputs'; readonly name: string }
  | { readonly kind: 'planned'; readonly plan: ProgramPlan; readonly exports: Readonly<Record<string, ExportedValue>> }
  | { readonly kind: 'failed'; readonly configuration: boolean; readonly message: string; readonly detail: string };
