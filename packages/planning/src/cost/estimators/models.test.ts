import { describe, expect, it } from 'vitest';
import { bill, monthly, planned } from '../../testing/priced.ts';

const profile = (name: string, modelId: string) =>
  planned('aws:bedrock/inferenceProfile:InferenceProfile', name, {
    modelSource: { copyFrom: `arn:aws:bedrock:us-east-1:000000000000:inference-profile/${modelId}` },
  });
const lite = profile('lite', 'us.amazon.nova-lite-v1:0');
const haiku = profile('haiku', 'us.anthropic.claude-haiku-4-5-20251001-v1:0');
const load = {
  requestsPerMonth: 1e6,
  promptTokens: 1000,
  completionTokens: 200,
  cachedPromptShare: 0.25,
};

describe('a model', () => {
  it('costs its tokens, those from the cache for less', () => {
    expect(monthly(bill([lite], { load }))).toMatchObject({
      // 750 million at $0.06, 250 million at $0.015, 200 million at $0.24 a million.
      'Prompt tokens': [0, 45, null],
      'Prompt tokens from the cache': [0, 3.75, expect.anything()],
      'Completion tokens': [0, 48, null],
    });
  });

  it('takes the part of the requests the load gives it', () => {
    const shares = { ...load, modelShares: { lite: 0.9, haiku: 0.1 } };
    const cost = bill([lite, haiku], { load: shares });
    const of = (name: string) =>
      cost.lines.filter(({ resource }) => resource.endsWith(name)).map((line) => line.monthlyUsd.load);
    expect(of('::lite')).toEqual([40.5, 3.375, 43.2]);
    // A tenth: 75 million at $1.10, 25 million at $0.11, 20 million at $5.50.
    expect(of('::haiku')).toEqual([82.5, 2.75, 110]);
  });

  it('costs at worst what the tenants may spend, on the dearest of them', () => {
    const settings = {
      load: { ...load, tenants: 2 },
      tenantLimits: {
        requestsPerMinute: 600,
        concurrentRequests: 8,
        tokensPerMinute: 400_000,
        tokensPerDay: 20_000_000,
        nanoUsdPerDay: 24_000_000_000,
      },
      models: [
        { id: 'lite', maxPromptTokens: 8000, maxCompletionTokens: 1000 },
        { id: 'haiku', maxPromptTokens: 8000, maxCompletionTokens: 1000 },
      ],
    };
    const cost = bill([lite, haiku], settings);
    const worst = cost.lines.reduce((sum, { monthlyUsd }) => sum + (monthlyUsd.worst ?? NaN), 0);
    // 2 tenants x $24 a day x 30.4167 days.
    expect(worst).toBeCloseTo(1460, 2);
    expect(
      cost.lines.filter(({ resource }) => resource.endsWith('::lite')).every((line) => line.monthlyUsd.worst === 0),
    ).toBe(true);
  });

  it('has an unknown price rather than that of a neighbour', () => {
    const cost = bill([profile('embed', 'amazon.titan-embed-text-v2:0')], { load });
    expect(cost.lines).toMatchObject([
      { unitPriceUsd: null, asOf: null, monthlyUsd: { idle: 0, load: null, worst: null }, quantity: { load: 1200 } },
    ]);
    expect(cost.lines[0]?.note).toMatch(/no price data for exactly amazon\.titan-embed-text-v2:0/);
    expect(cost.unknownPrices).toBe(1);
    expect(cost.totalUsd.load).toBe(0);
  });

  it('is priced as the stack meters it where nobody else has a price, and the source says so', () => {
    const models = [{ id: 'own', maxPromptTokens: 1, maxCompletionTokens: 1, price: { input: 2, output: 4 } }];
    const { lines } = bill([profile('own', 'example.own-v1:0')], { load, models });
    expect(lines.map(({ monthlyUsd, source }) => [monthlyUsd.load, source])).toEqual([
      [2000, "the stack's own configuration, by which it meters"],
      [800, "the stack's own configuration, by which it meters"],
    ]);
  });
});

it('a guardrail costs for each policy it has and each thousand characters', () => {
  const guardrail = planned('aws:bedrock/guardrail:Guardrail', 'chat', {
    contentPolicyConfig: { filtersConfigs: [{}] },
    sensitiveInformationPolicyConfig: { piiEntitiesConfigs: [{}] },
    wordPolicyConfig: { wordsConfigs: [{}] },
  });
  // 1,200 million tokens x 4 characters = 4.8 million text units, at $0.15 and $0.10 a thousand.
  expect(monthly(bill([guardrail], { load }))).toEqual({
    'Content filters': [0, 720, null],
    'Personal data': [0, 480, null],
  });
});

it('provisioned throughput and training have prices nobody published', () => {
  const cost = bill([
    planned('aws:bedrock/provisionedModelThroughput:ProvisionedModelThroughput', 'steady', { modelUnits: 2 }),
    planned('aws:bedrock/customModel:CustomModel', 'tuned'),
  ]);
  expect(monthly(cost)).toEqual({
    'Provisioned throughput': [null, null, null],
    'Training of the model': [null, null, null],
  });
  expect(cost.lines[0]?.quantity.idle).toBe(1460);
  expect(cost.unknownPrices).toBe(2);
});
