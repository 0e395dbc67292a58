/** The Region all list prices here are of. Elsewhere they differ, mostly upwards. */
export const PRICED_REGION = 'us-east-1';

/** Hours in a month, as AWS counts them in its own examples. */
export const HOURS_PER_MONTH = 730;

/** A public list price. Free allowances and volume discounts are left out: they belong to an account, not to a stack. */
export interface UnitPrice {
  /** US dollars for one `unit`. */
  readonly usd: number;
  /** What is counted, `1M requests` or `GB-month`. */
  readonly unit: string;
  /** Where it is published. */
  readonly source: string;
  /** Day of the newest public record of it that was checked, `YYYY-MM-DD`. It may have changed since. */
  readonly asOf: string;
}

/** A price nobody could be found to vouch for. It is said, never guessed. */
export interface UnknownPrice {
  readonly usd: undefined;
  readonly unit: string;
  /** Where a reader can look it up. */
  readonly source: string;
  readonly why: string;
}

export type Price = UnitPrice | UnknownPrice;

/** Prices of one AWS page that were checked on one day: `of(usd, unit)`. */
export function published(page: string, asOf: string): (usd: number, unit: string) => UnitPrice {
  const source = `https://aws.amazon.com/${page}/pricing/`;
  return (usd, unit) => ({ usd, unit, source, asOf });
}

export function unknownPrice(page: string, unit: string, why: string): UnknownPrice {
  return { usd: undefined, unit, source: `https://aws.amazon.com/${page}/pricing/`, why };
}
