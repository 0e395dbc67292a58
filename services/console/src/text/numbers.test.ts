import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, formatRemaining, formatShort, formatUsd, plural, spanWords } from './numbers.ts';

describe('money', () => {
  it.each([
    [0, '$0'],
    [0.0000234, '$0.000023'],
    [0.00001, '$0.00001'],
    [0.00099, '$0.00099'],
    [0.0099, '$0.0099'],
    [0.0123456, '$0.0123'],
    [0.5, '$0.5000'],
    [0.99999, '$1.00'],
    [1, '$1.00'],
    [1234.5, '$1,234.50'],
    [1e-12, 'under $0.000000001'],
    [-1, '—'],
    [Number.NaN, '—'],
  ])('shows %d as %s', (dollars, shown) => {
    expect(formatUsd(dollars)).toBe(shown);
  });

  it('is never wrong by more than a twentieth, and never an exponent', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e6, noNaN: true }), (dollars) => {
        const shown = formatUsd(dollars);
        expect(shown).not.toMatch(/e/);
        expect(Math.abs(Number(shown.replace(/[$,]/g, '')) - dollars) / dollars).toBeLessThan(0.0501);
      }),
    );
  });
});

describe('counts and times', () => {
  it('has the noun agree and thousands set apart', () => {
    expect([plural(1, 'token'), plural(0, 'token'), plural(12_345, 'token')]).toEqual([
      '1 token',
      '0 tokens',
      '12,345 tokens',
    ]);
  });

  it.each([
    [512, '512'],
    [8_192, '8k'],
    [131_072, '131k'],
    [1_000_000, '1M'],
    [1_250_000, '1.2M'],
  ])('shortens %d to %s', (count, shown) => {
    expect(formatShort(count)).toBe(shown);
  });

  it.each([
    [-5, '0 ms'],
    [83.7, '84 ms'],
    [999.6, '1.0 s'],
    [1_234, '1.2 s'],
    [9_960, '10 s'],
    [14_400, '14 s'],
    [60_000, '1 min'],
    [125_000, '2 min 5 s'],
  ])('shows %d ms as %s', (milliseconds, shown) => {
    expect(formatDuration(milliseconds)).toBe(shown);
  });

  it('has days for long stretches', () => {
    expect([12 * 60_000, 25 * 3_600_000, 48 * 3_600_000].map(spanWords)).toEqual(['12 min', '1 d 1 h', '2 d']);
  });

  it.each([
    [1, '1 s'],
    [1_001, '2 s'],
    [61_000, '1 min 1 s'],
    [1_800_000, '30 min'],
    [3_600_000, '1 h'],
    [43_200_000, '12 h'],
    [5_400_000, '1 h 30 min'],
  ])('counts %d ms down as %s', (milliseconds, shown) => {
    expect(formatRemaining(milliseconds)).toBe(shown);
  });
});
