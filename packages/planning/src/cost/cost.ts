import { LoadProfile } from '@plinth/sizing';
import * as z from 'zod';

const amount = z.number().nonnegative();
const count = z.int().nonnegative();

/** One amount for each case: nobody calls; the configured load; as much as the stack's own limits let through. */
const perCase = <T extends z.ZodType>(value: T) => z.object({ idle: value, load: value, worst: value });

export const CostLine = z.object({
  /** URN of the resource that costs it. */
  resource: z.string(),
  what: z.string(),
  /** What is counted, `1M requests`. */
  unit: z.string(),
  /** `null` when no price could be found. */
  unitPriceUsd: amount.nullable(),
  /** In a month; `null` where nothing bounds it. */
  quantity: perCase(amount.nullable()),
  /** `null` where the price is unknown, or nothing bounds the quantity. */
  monthlyUsd: perCase(amount.nullable()),
  source: z.string(),
  /** Day of the public record of the price; `null` when it is unknown. */
  asOf: z.string().nullable(),
  note: z.string().optional(),
});
export type CostLine = z.infer<typeof CostLine>;

export const Cost = z.object({
  currency: z.literal('USD'),
  /** Region of the list prices. */
  pricedRegion: z.string(),
  /** The stack's `load` setting; `null` when it has none, and the load is then the same as idle. */
  load: LoadProfile.nullable(),
  lines: z.array(CostLine),
  /** Sums of what is known, so a lower bound as soon as a count below is not zero. */
  totalUsd: perCase(amount),
  /** Lines used in some case whose price is unknown. */
  unknownPrices: count,
  /** Lines whose worst case nothing bounds. */
  unbounded: count,
  /** Resources no estimator looks at, by type: neither known to be free nor priced. */
  unpriced: z.array(z.object({ type: z.string(), count })),
  /** What was taken for granted. */
  assumptions: z.array(z.string()),
});
export type Cost = z.infer<typeof Cost>;

export type CostCase = keyof CostLine['monthlyUsd'];
export const COST_CASES = ['idle', 'load', 'worst'] as const satisfies readonly CostCase[];
