import { describe, expect, it } from 'vitest';
import { ModelCatalog } from './catalog.ts';
import { GuardPolicy } from './guard.ts';
import { ApiKeyRecord } from './identity.ts';
import { Limits } from './limits.ts';
import { ModelTarget } from './model-target.ts';

const model = {
  id: 'small',
  target: { kind: 'bedrock', modelId: 'meta.llama' },
  contextTokens: 100,
  maxPromptTokens: 80,
  maxCompletionTokens: 20,
  price: { input: 0.1, output: 0.2 },
};

/** Dotted paths of what is wrong. */
function problems(catalog: unknown): string[] {
  const result = ModelCatalog.safeParse(catalog);
  return result.success ? [] : result.error.issues.map((issue) => issue.path.join('.'));
}

describe('the model catalog', () => {
  it('fills in the careful defaults', () => {
    expect(ModelCatalog.parse([model])[0]).toMatchObject({
      target: { api: 'converse' },
      contextPolicy: 'reject',
      features: [],
      ownedBy: 'plinth',
    });
  });

  it('refuses a name that is listed twice, at the second place', () =>
    expect(problems([model, { ...model, id: 'other' }, model])).toEqual(['2.id']));

  it.each([100, 101])('refuses a prompt of %s tokens in a context of 100, which leaves no room to answer', (tokens) =>
    expect(problems([{ ...model, maxPromptTokens: tokens }])).toEqual(['0.maxPromptTokens']),
  );

  it('refuses an empty catalog, negative prices and unknown features', () => {
    expect(problems([])).toEqual(['']);
    expect(problems([{ ...model, price: { input: -1, output: 0 } }])).toEqual(['0.price.input']);
    expect(problems([{ ...model, features: ['telepathy'] }])).toEqual(['0.features.0']);
  });
});

describe('a model target', () => {
  it.each([
    [{ kind: 'openai', baseUrl: 'http://127.0.0.1:8000', modelId: 'm' }, true],
    [{ kind: 'openai', baseUrl: 'ftp://host/', modelId: 'm' }, false],
    [{ kind: 'openai', modelId: 'm' }, false],
    [{ kind: 'bedrock', modelId: 'm', guardrail: { id: 'g', version: '3' } }, true],
    [{ kind: 'bedrock', modelId: 'm', guardrail: { id: 'g', version: 'DRAFT' } }, true],
    [{ kind: 'bedrock', modelId: 'm', guardrail: { id: 'g', version: '0' } }, false],
    [{ kind: 'sagemaker', endpointName: 'e', modelId: 'm' }, true],
    [{ kind: 'sagemaker', endpointName: 'e', modelId: 'm', inferenceComponent: 'c' }, true],
    [{ kind: 'sagemaker', endpointName: 'e', modelId: 'm', targetModel: 'a.tar.gz' }, true],
    [{ kind: 'sagemaker', endpointName: 'e', modelId: 'm', targetModel: 'a.tar.gz', inferenceComponent: 'c' }, false],
    [{ kind: 'sagemaker', modelId: 'm' }, false],
    [{ kind: 'carrier-pigeon', modelId: 'm' }, false],
  ])('%j is taken: %s', (target, taken) => expect(ModelTarget.safeParse(target).success).toBe(taken));
});

describe('a model with pools', () => {
  const member = {
    id: 'gpu-1',
    target: { kind: 'openai', baseUrl: 'http://gpu-1', modelId: 'm' },
    slots: 8,
    maxSlots: 64,
  };
  const own = { id: 'own', owner: 'own', local: true, price: { input: 0, output: 0 }, members: [member] };
  const endpoint = { id: 'bedrock', target: { kind: 'bedrock', modelId: 'm' }, slots: 100, maxSlots: 1_000 };
  const managed = { id: 'managed', owner: 'managed', price: { input: 0.1, output: 0.2 }, members: [endpoint] };
  const pools = (...listed: unknown[]) => [{ ...model, target: { kind: 'pools', pools: listed } }];

  it('keeps data nowhere and tries nothing unless it is told to', () =>
    expect(ModelCatalog.parse(pools(own, managed))[0]?.target).toMatchObject({
      pools: [
        { local: true, canaryShare: 0 },
        { local: false, canaryShare: 0, members: [{ target: { api: 'converse' } }] },
      ],
    }));

  it.each([
    ['input', { input: 0.11, output: 0 }],
    ['output', { input: 0, output: 0.21 }],
    ['cachedInput', { input: 0, output: 0, cachedInput: 0.11 }],
  ])('refuses a pool whose %s costs more than what is reserved for its model, and names it', (part, price) => {
    const result = ModelCatalog.safeParse(pools(own, { ...managed, price }));
    expect(result.error?.issues).toMatchObject([
      { path: [0, 'target', 'pools', 1, 'price', part], message: expect.stringContaining('pool "managed"') as string },
    ]);
  });

  it('refuses places without room, shares above one, and pools in pools', () => {
    expect(problems(pools({ ...own, members: [{ ...member, slots: 0 }] }))).toEqual([
      '0.target.pools.0.members.0.slots',
    ]);
    expect(problems(pools({ ...own, canaryShare: 1.1 }))).toEqual(['0.target.pools.0.canaryShare']);
    expect(problems(pools({ ...own, members: [] }))).toEqual(['0.target.pools.0.members']);
    const nested = { ...member, target: { kind: 'pools', pools: [own] } };
    expect(problems(pools({ ...own, members: [nested] }))).toEqual(['0.target.pools.0.members.0.target.kind']);
  });
});

describe('limits', () => {
  it('refuses misspelt names, which would otherwise limit nothing', () =>
    expect(Limits.safeParse({ tokensPerHour: 5 }).success).toBe(false));

  it.each([-1, 1.5, Number.MAX_SAFE_INTEGER + 1, '5'])('refuses %s as a bound', (bound) =>
    expect(Limits.safeParse({ tokensPerDay: bound }).success).toBe(false),
  );
});

describe('the guard policy', () => {
  it('redacts personal data and blocks secrets unless told otherwise', () =>
    expect(GuardPolicy.parse({})).toMatchObject({
      pii: { email: 'redact', creditCard: 'redact', ipAddress: 'off' },
      secrets: 'block',
      deniedTopics: [],
    }));

  it('keeps the other defaults when one detector is named', () =>
    expect(GuardPolicy.parse({ pii: { email: 'block' } }).pii).toMatchObject({ email: 'block', usSsn: 'redact' }));
});

describe('an API key record', () => {
  const record = {
    keyId: 'abc',
    secretHash: 'a'.repeat(64),
    tenant: 'acme',
    principal: 'ann@acme',
    groups: [],
    limits: {},
    conversations: false,
    createdAt: 1,
  };
  it('takes names of letters, digits and . _ : @ / -', () => expect(ApiKeyRecord.parse(record)).toEqual(record));
  it.each(['', 'two words', 'tenant#1', 'x'.repeat(129)])('refuses the tenant %j', (tenant) =>
    expect(ApiKeyRecord.safeParse({ ...record, tenant }).success).toBe(false),
  );
  it('refuses a hash that is not one', () =>
    expect(ApiKeyRecord.safeParse({ ...record, secretHash: 'plinth_secret' }).success).toBe(false));
});
