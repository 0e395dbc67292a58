import { describe, expect, it } from 'vitest';
import * as prices from './index.ts';
import { sagemakerPrice } from './sagemaker-instances.ts';
import { tokenPrices } from './token-prices.ts';
import type { Price } from './unit-price.ts';

/** Every price in a module, however deep. */
function all(value: unknown): Price[] {
  if (typeof value !== 'object' || value === null) return [];
  return 'unit' in value ? [value as Price] : Object.values(value).flatMap(all);
}

describe('a list price', () => {
  it('has a source, and a date or a reason why it is unknown', () => {
    const found = all(prices);
    expect(found.length).toBeGreaterThan(50);
    for (const price of found) {
      expect(price.source).toMatch(/^https:\/\/aws\.amazon\.com\//);
      if (price.usd === undefined) expect(price.why).not.toBe('');
      else {
        expect(price.usd).toBeGreaterThan(0);
        expect(price.asOf).toMatch(/^202\d-\d\d-\d\d$/);
      }
    }
  });
});

describe('a token price', () => {
  it('is that of the model behind a cross-region profile', () => {
    expect(tokenPrices('us.amazon.nova-lite-v1:0')).toMatchObject({
      input: { usd: 0.06, unit: '1M tokens' },
      output: { usd: 0.24 },
      cachedInput: { usd: 0.015 },
    });
    expect(tokenPrices('us.anthropic.claude-haiku-4-5-20251001-v1:0')).toMatchObject({
      input: { usd: 1.1 },
      output: { usd: 5.5 },
    });
  });

  it.each(['amazon.titan-embed-text-v2:0', 'example.unheard-of-v1:0', ''])(
    'is unknown for %s: no neighbour stands in',
    (id) => {
      expect(tokenPrices(id)).toBeUndefined();
    },
  );
});

describe('a SageMaker instance', () => {
  it('costs more than the same instance on EC2', () => {
    expect(sagemakerPrice('ml.g5.xlarge')).toMatchObject({ usd: 1.408, unit: 'instance-hour' });
  });

  it('has an unknown price where public records disagree', () => {
    expect(sagemakerPrice('ml.inf2.xlarge')).toMatchObject({
      usd: undefined,
      why: expect.stringContaining('ml.inf2.xlarge'),
    });
  });
});
