import { z } from 'zod';

const value = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u, 'use letters, digits, spaces and _ . : / = + - @');

/** How sensitive what a resource holds is. `restricted` is for stacks that have no public network at all. */
export const DataClass = z.enum(['public', 'internal', 'confidential', 'restricted']);
export type DataClass = z.infer<typeof DataClass>;

/** The tags every resource carries: who answers for it, where it runs, who pays, and how sensitive it is. */
export const PlatformTags = z.strictObject({
  owner: value,
  environment: z.enum(['dev', 'staging', 'production']),
  'cost-center': value,
  'data-class': DataClass,
});
export type PlatformTags = z.infer<typeof PlatformTags>;

export type EnvironmentName = PlatformTags['environment'];
