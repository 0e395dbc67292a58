import { calcPrice } from '@pydantic/genai-prices';
import type { UnitPrice } from './unit-price.ts';

/** Version of `@pydantic/genai-prices` installed, and the day of its data. */
const DATA = {
  asOf: '2026-07-20',
  source: 'https://github.com/pydantic/genai-prices (npm @pydantic/genai-prices 0.1.8)',
};
const UNIT = '1M tokens';
/** A cross-region profile's prefix, `us.` or `global.`; the price data write `regional.` for all but the global ones. */
const SCOPE = /^(us-gov|us|eu|apac|au|jp|ca|global|regional)\./;

export interface TokenPrices {
  readonly input: UnitPrice;
  readonly output: UnitPrice;
  /** Prompt tokens read from a cache; absent where the model has none. */
  readonly cachedInput: UnitPrice | undefined;
}

/**
 * On-demand prices of a Bedrock model.
 *
 * @param modelId A model or cross-region profile, `us.amazon.nova-lite-v1:0`.
 * @returns `undefined` when the data have no entry for exactly this model: they match loosely, and a neighbour's price is a wrong one.
 */
export function tokenPrices(modelId: string): TokenPrices | undefined {
  const found = calcPrice({ input_tokens: 1 }, modelId, { providerId: 'aws', timestamp: new Date(DATA.asOf) });
  if (found === null || bare(found.model.id) !== bare(modelId)) return undefined;
  const { input_mtok: input, output_mtok: output, cache_read_mtok: cached } = found.model_price;
  if (typeof input !== 'number' || typeof output !== 'number') return undefined;
  const price = (usd: number): UnitPrice => ({ usd, unit: UNIT, ...DATA });
  return {
    input: price(input),
    output: price(output),
    cachedInput: typeof cached === 'number' ? price(cached) : undefined,
  };
}

function bare(modelId: string): string {
  return modelId.replace(SCOPE, '');
}
