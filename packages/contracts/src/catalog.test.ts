import { describe, expect, it } from 'vitest';
import { ModelCatalog, ModelTarget } from './catalog.ts';
import { GuardPolicy } from './guard.ts';
import { ApiKeyRecord } from './identity.ts';
import { Limits } from './limits.ts';

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
