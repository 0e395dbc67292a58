import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PrefixTable } from './prefix-table.ts';
import type { RouteAsk } from './router.ts';

const ask = (prefixes: number[], promptTokens: number, prefixTokens?: number[]): RouteAsk => ({
  class: 'interactive',
  stayLocal: false,
  prefixes,
  prefixTokens,
  promptTokens,
  completionTokens: 1,
});

describe('a table of beginnings', () => {
  it('finds the longest that each member has', () => {
    const table = new PrefixTable(16, 3);
    table.record(ask([1, 2], 300, [100, 300]), 0, 300);
    table.record(ask([1, 3], 200, [100, 200]), 1, 200);
    table.look(ask([1, 2, 4], 400, [100, 300, 400]));
    expect([...table.cachedTokens]).toEqual([300, 100, 0]);
    expect([0, 1, 2].map((member) => table.cachedBy(member, ask([1, 2, 4], 400)))).toEqual([300, 100, 0]);
  });

  it('forgets what was used least lately, and what a member lost', () => {
    const table = new PrefixTable(2, 1);
    for (const hash of [1, 2, 1, 3]) table.record(ask([hash], 10), 0, 10);
    const known = () => [1, 2, 3].map((hash) => table.cachedBy(0, ask([hash], 10)));
    expect(known()).toEqual([10, 0, 10]);
    table.forget(0);
    expect(known()).toEqual([0, 0, 0]);
  });

  it('learns how many tokens a member keeps from what it says it had', () => {
    const keeps = 1_000;
    const table = new PrefixTable(1_000, 1);
    let wrong = 0;
    // Each prompt comes again after 500 or 2,000 tokens of others.
    for (let round = 0; round < 300; round++) {
      const since = round % 2 === 0 ? 500 : 2_000;
      table.record(ask([round], 100), 0, 100);
      for (let read = 0; read < since; read += 100) table.record(ask([10_000 + read + round * 5_000], 100), 0, 100);
      table.look(ask([round], 100));
      const expected = table.cachedTokens[0]!;
      const had = since < keeps ? 100 : 0;
      if (round >= 100 && expected !== had) wrong += 1;
      if (expected > 0) table.learn(0, expected, table.readSince[0]!, had);
    }
    expect(wrong).toBeLessThan(20);
  });

  it('never has more of a prompt than there is, nor for a member that was never sent it', () => {
    const prompts = fc.array(
      fc.tuple(fc.array(fc.nat(8), { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 500 }), fc.nat(2)),
    );
    fc.assert(
      fc.property(prompts, (sent) => {
        const table = new PrefixTable(6, 3);
        const seen = new Set<string>();
        for (const [prefixes, tokens, member] of sent) {
          table.look(ask(prefixes, tokens));
          for (const [at, cached] of table.cachedTokens.entries()) {
            expect(cached).toBeLessThanOrEqual(tokens);
            if (cached > 0) expect(prefixes.some((hash) => seen.has(`${at} ${hash}`))).toBe(true);
          }
          table.record(ask(prefixes, tokens), member, tokens);
          for (const hash of prefixes) seen.add(`${member} ${hash}`);
        }
      }),
    );
  });
});
