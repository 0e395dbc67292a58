import { whole } from './bounds.ts';
import * as z from './zod.ts';

const bound = z.optional(whole(0, Number.MAX_SAFE_INTEGER));

/**
 * What one scope (a tenant or a key) may use. Absent means not limited at this scope. Minutes, days and months are calendar ones in UTC.
 * Money is in nano-US-dollars (1e-9 USD): one token of a $0.06-per-million model costs exactly 60.
 */
export const Limits = z.strictObject({
  requestsPerMinute: bound,
  concurrentRequests: bound,
  tokensPerMinute: bound,
  tokensPerDay: bound,
  tokensPerMonth: bound,
  nanoUsdPerDay: bound,
  nanoUsdPerMonth: bound,
});
export type Limits = z.infer<typeof Limits>;
export type LimitName = keyof Limits;
