import type { CatalogModel } from '@plinth/contracts';
import type { Amount } from '@plinth/stores';
import type { ModelUsage } from '@plinth/models';

/** Prices have at most six decimals: they are whole micro-dollars a million tokens. */
const MICRO = 1e6;
/** A token at one micro-dollar a million costs a pico-dollar; a thousand of those are a nano-dollar. */
const PER_NANO_USD = 1_000;

/** What a use costs at the catalog's prices, in whole nano-US-dollars, rounded up. Counted in whole numbers, so it is exact. */
export function priceOf(usage: ModelUsage, price: CatalogModel['price']): Amount {
  const cached = Math.min(usage.cachedInputTokens ?? 0, usage.inputTokens);
  const parts = [
    [usage.inputTokens - cached, price.input],
    [cached, price.cachedInput ?? price.input],
    [usage.outputTokens, price.output],
  ] as const;
  let total = 0;
  for (const [tokens, usd] of parts) total += tokens * Math.round(usd * MICRO);
  const nanoUsd = Number.isSafeInteger(total) ? dividedUp(total) : dividedUpLarge(parts);
  return { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens, nanoUsd };
}

/** The remainder is exact where the quotient of two numbers is not. */
function dividedUp(total: number): number {
  const rest = total % PER_NANO_USD;
  return (total - rest) / PER_NANO_USD + (rest > 0 ? 1 : 0);
}

function dividedUpLarge(parts: readonly (readonly [tokens: number, usd: number])[]): number {
  const per = BigInt(PER_NANO_USD);
  const total = parts.reduce((sum, [tokens, usd]) => sum + BigInt(tokens) * BigInt(Math.round(usd * MICRO)), 0n);
  return Number((total + per - 1n) / per);
}

export function addAmounts(a: Amount, b: Amount): Amount {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    nanoUsd: a.nanoUsd + b.nanoUsd,
  };
}

export const NOTHING: Amount = { inputTokens: 0, outputTokens: 0, nanoUsd: 0 };
