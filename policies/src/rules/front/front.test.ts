import { expect, it } from 'vitest';
import { evaluate } from '../../evaluate.ts';
import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { Unknown } from '../../unknown.ts';
import { pinnedGuardrail } from './pinned-guardrail.ts';
import { frontTokenLimits } from './token-limits.ts';

const bedrock = (guardrail?: object) => ({ kind: 'bedrock', modelId: 'amazon.nova-lite-v1:0', guardrail });
const model = (changes: object = {}) => ({
  id: 'chat',
  target: bedrock({ id: 'abc', version: '3' }),
  maxPromptTokens: 8_000,
  maxCompletionTokens: 1_000,
  ...changes,
});
const front = (...models: object[]) => ({ environment: { variables: { PLINTH_CATALOG: JSON.stringify(models) } } });

describeRule(pinnedGuardrail, {
  passes: {
    'a pinned version': front(model()),
    'a server of our own, guarded by the gateway': front(
      model({ target: { kind: 'openai', baseUrl: 'http://vllm:8000' } }),
    ),
  },
  fails: {
    'the draft': { given: front(model({ target: bedrock({ id: 'abc', version: 'DRAFT' }) })), says: /DRAFT/ },
    'a variable that says draft': {
      given: { environment: { variables: { GUARDRAIL_VERSION: 'DRAFT' } } },
      says: /GUARDRAIL_VERSION/,
    },
  },
  missing: {
    fails: { 'no guardrail': { given: front(model({ target: bedrock() })), says: /without a guardrail/ } },
    passes: { 'a function that is no front': {} },
  },
  unknown: {
    'the catalogue': { environment: { variables: { PLINTH_CATALOG: UNKNOWN } } },
    'the environment': { environment: UNKNOWN },
  },
});

describeRule(frontTokenLimits, {
  passes: {
    'limits within the caps': front(model()),
    'a function that is no front': { environment: { variables: { A: 'b' } } },
  },
  fails: {
    'a prompt above the cap': {
      given: front(model({ maxPromptTokens: 1_000_000 })),
      says: /above the production cap of 200000/,
    },
    'above the lower cap of dev': {
      given: front(model({ maxPromptTokens: 100_000 })),
      says: /above the dev cap of 64000/,
      environment: 'dev',
    },
    'text that is no catalogue': {
      given: { environment: { variables: { PLINTH_CATALOG: 'nova' } } },
      says: /not a JSON list/,
    },
  },
  missing: {
    fails: {
      'no limit for completions': {
        given: front(model({ maxCompletionTokens: undefined })),
        says: /no maxCompletionTokens/,
      },
    },
  },
  unknown: { 'the catalogue': { environment: { variables: { PLINTH_CATALOG: UNKNOWN } } } },
});

it('reads limits in a catalogue of which a plan knows all but an ARN', () => {
  const text = JSON.stringify([
    model({
      maxPromptTokens: 1_000_000,
      target: bedrock({ id: '«guardrail:chat.guardrailId»', version: '«v:chat.version»' }),
    }),
  ]);
  const fn = sample('aws:lambda/function:Function', {
    environment: { variables: { PLINTH_CATALOG: new Unknown('', [], text) } },
  } as object);
  expect(evaluate([pinnedGuardrail, frontTokenLimits], [fn])).toMatchObject([
    { rule: 'front-token-limits', kind: 'violation' },
  ]);
});
