import * as z from 'zod';

const amount = z.number().nonnegative();
const change = z.object({ before: amount, after: amount });
const Named = z.object({ urn: z.string(), type: z.string(), name: z.string() });
const Told = z.object({
  rule: z.string(),
  title: z.string(),
  level: z.enum(['mandatory', 'advisory']),
  resource: z.string().nullable(),
  message: z.string(),
});

/** What is different from the same stack at another commit, both planned by the rules and prices of this one. */
export const Changes = z.object({
  /** The reference asked for, `main`. */
  against: z.string(),
  /** What it stands for: a full commit id. */
  commit: z.string(),
  /** False where the other commit has no such stack, or none for this environment: all is new then. */
  existed: z.boolean(),
  added: z.array(Named),
  removed: z.array(Named),
  /** `properties`: paths of what differs, `environment.variables.PLINTH_CATALOG`. */
  changed: z.array(Named.extend({ properties: z.array(z.string()) })),
  monthlyUsd: z.object({ idle: change, load: change, worst: change }),
  findings: z.object({ added: z.array(Told), resolved: z.array(Told) }),
});
export type Changes = z.infer<typeof Changes>;
