import * as z from 'zod';
import { Changes } from './against/changes.ts';
import { Cost } from './cost/cost.ts';

/** A value of a planned property: JSON, with `$unknown` where only creation can tell and `$secret` where nobody may look. */
export type PlannedValue =
  string | number | boolean | null | readonly PlannedValue[] | { readonly [key: string]: PlannedValue };

const PlannedValue: z.ZodType<PlannedValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(PlannedValue), z.record(z.string(), PlannedValue)]),
);

export const PlannedResource = z.object({
  urn: z.string(),
  /** Pulumi type token, `aws:kms/key:Key`. */
  type: z.string(),
  name: z.string(),
  kind: z.enum(['stack', 'component', 'resource', 'provider', 'read']),
  /** URN of the parent; `null` for the stack itself. */
  parent: z.string().nullable(),
  /**
   * Inputs as the program gave them. A value only creation can tell is `{"$unknown": text}`: the text shows what is known around it, each
   * unknown part as `«type:name.property»`, or is null. A secret is `{"$secret": true}`, a file or archive `{"$asset": where}`.
   */
  props: z.record(z.string(), PlannedValue),
  /** URNs this resource waits for. */
  dependsOn: z.array(z.string()),
  /** Not registered by the program: what a remote component (awsx, eks) is expected to create, as far as its inputs tell. */
  estimated: z.literal(true).optional(),
});
export type PlannedResource = z.infer<typeof PlannedResource>;

export const PlanFinding = z.object({
  rule: z.string(),
  requirement: z.int(),
  pack: z.enum(['baseline', 'genai']),
  title: z.string(),
  severity: z.enum(['critical', 'high', 'medium', 'low']),
  level: z.enum(['mandatory', 'advisory']),
  kind: z.enum(['violation', 'not-yet-known']),
  /** URN; `null` when the stack as a whole is meant. */
  resource: z.string().nullable(),
  message: z.string(),
  remediation: z.string(),
  controls: z.array(z.string()),
  url: z.string(),
});
export type PlanFinding = z.infer<typeof PlanFinding>;

const count = z.int().min(0);

/** What running the program alone tells: what `pulumi up` would create, and what the policy packs say of it. */
export const ProgramPlan = z.object({
  version: z.literal(2),
  project: z.string(),
  stack: z.string(),
  environment: z.enum(['dev', 'staging', 'production']),
  region: z.string().nullable(),
  /** In the order they are registered; parents before children. */
  resources: z.array(PlannedResource),
  outputs: z.record(z.string(), PlannedValue),
  findings: z.array(PlanFinding),
  summary: z.object({
    components: count,
    resources: count,
    /** Of the resources, those a remote component is expected to create. */
    estimated: count,
    unknownValues: count,
    rules: count,
    mandatory: count,
    advisory: count,
    notYetKnown: count,
  }),
  /** What the plan took for granted because nobody could be asked offline. */
  assumptions: z.array(z.string()),
});
export type ProgramPlan = z.infer<typeof ProgramPlan>;

/** A whole plan, with what it costs. The shape changes only with `version`. */
export const Plan = ProgramPlan.extend({
  cost: Cost,
  /** What is different at another commit; absent unless asked for. */
  changes: Changes.optional(),
});
export type Plan = z.infer<typeof Plan>;

/** `0` when nothing stops a deployment, `1` on a mandatory finding. */
export function exitCodeOf(plan: Pick<Plan, 'summary'>): 0 | 1 {
  return plan.summary.mandatory > 0 ? 1 : 0;
}
