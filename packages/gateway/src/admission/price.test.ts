import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addAmounts, NOTHING, priceOf } from './price.ts';

/** As catalogs have them: at most six decimals. */
const dollars = fc.integer({ min: 0, max: 100_000_000 }).map((micro) => micro / 1e6);
const price = fc.record({ input: dollars, output: dollars, cachedInput: fc.option(dollars, { nil: undefined }) });
const tokens = fc.nat(2_000_000);

describe('a price', () => {
  it.each([
    [{ inputTokens: 1_000_000, outputTokens: 0 }, { input: 3, output: 15 }, 3_000_000_000],
    [{ inputTokens: 1, outputTokens: 0 }, { input: 0.06, output: 0 }, 60],
    [{ inputTokens: 1, outputTokens: 1 }, { input: 0.000001, output: 0 }, 1],
    [{ inputTokens: 3, outputTokens: 7 }, { input: 0.1, output: 0.7 }, 5_200],
    [{ inputTokens: 10, outputTokens: 0, cachedInputTokens: 4 }, { input: 1, output: 0, cachedInput: 0.1 }, 6_400],
    [{ inputTokens: 10, outputTokens: 0, cachedInputTokens: 99 }, { input: 1, output: 0, cachedInput: 0.1 }, 1_000],
    [{ inputTokens: 0, outputTokens: 0 }, { input: 3, output: 15 }, 0],
  ])('of %j at %j dollars a million is %i nano-dollars', (usage, at, nanoUsd) =>
    expect(priceOf(usage, at).nanoUsd).toBe(nanoUsd),
  );

  it('is a whole number, 0 or more, and less than a nano-dollar above the exact one', () => {
    fc.assert(
      fc.property(tokens, tokens, price, (inputTokens, outputTokens, at) => {
        const { nanoUsd } = priceOf({ inputTokens, outputTokens }, at);
        expect(Number.isSafeInteger(nanoUsd)).toBe(true);
        // Exact, in pico-dollars: prices are whole micro-dollars a million tokens.
        const micro = (value: number) => BigInt(Math.round(value * 1e6));
        const exact = BigInt(inputTokens) * micro(at.input) + BigInt(outputTokens) * micro(at.output);
        const up = (exact + 999n) / 1_000n;
        expect(BigInt(nanoUsd)).toBe(up);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never falls when more is used', () => {
    fc.assert(
      fc.property(tokens, tokens, fc.nat(1_000), fc.nat(1_000), price, (input, output, moreIn, moreOut, at) => {
        const less = priceOf({ inputTokens: input, outputTokens: output }, at).nanoUsd;
        const more = priceOf({ inputTokens: input + moreIn, outputTokens: output + moreOut }, at).nanoUsd;
        expect(more).toBeGreaterThanOrEqual(less);
      }),
    );
  });

  it('is no higher for a prompt read from the cache, where the cache is cheaper', () => {
    fc.assert(
      fc.property(tokens, tokens, price, (inputTokens, cachedInputTokens, at) => {
        fc.pre(at.cachedInput === undefined || at.cachedInput <= at.input);
        const cached = priceOf({ inputTokens, outputTokens: 5, cachedInputTokens }, at).nanoUsd;
        expect(cached).toBeLessThanOrEqual(priceOf({ inputTokens, outputTokens: 5 }, at).nanoUsd);
      }),
    );
  });

  it('adds up', () => {
    const one = priceOf({ inputTokens: 1, outputTokens: 2 }, { input: 1, output: 1 });
    expect(addAmounts(one, NOTHING)).toEqual(one);
    expect(addAmounts(one, one)).toEqual({ inputTokens: 2, outputTokens: 4, nanoUsd: 6_000 });
  });
});
