import type { CatalogModel } from '@plinth/contracts';
import type { Amount } from '@plinth/stores';
import type { ModelUsage } from '@plinth/models';

/** One US dollar per million tokens is a thousand nano-dollars a token. */
const NANO_USD_PER_TOKEN = 1_000;

/** What a use costs at the catalog's prices, in whole nano-US-dollars, rounded up. */
export function priceOf(usage: ModelUsage, price: CatalogModel['price']): Amount {
  const cached = Math.min(usage.cachedInputTokens ?? 0, usage.inputTokens);
  const perMillion =
    (usage.inputTokens - cached) * price.input +
    cached * (price.cachedInput ?? price.input) +
    usage.outputTokens * price.output;
  // Prices have at most six decimals; rounding to them first keeps binary fractions from adding a nano-dollar.
  const nanoUsd = Math.ceil(Math.round(perMillion * NANO_USD_PER_TOKEN * 1e6) / 1e6);
  return { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens, nanoUsd };
}

export function addAmounts(a: Amount, b: Amount): Amount {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    nanoUsd: a.nanoUsd + b.nanoUsd,
  };
}

export const NOTHING: Amount = { inputTokens: 0, outputTokens: 0, nanoUsd: 0 };
