import { afterEach, beforeEach, expect, it } from 'vitest';
import { bedrockRuntimeFor } from '../testing/bedrock-harness.ts';
import { bedrockError } from '../testing/bedrock-wire.ts';
import { startWireServer, type WireServer } from '../testing/wire-server.ts';
import { applyGuardrail } from './guardrail.ts';

let server: WireServer;
beforeEach(async () => {
  server = await startWireServer();
});
afterEach(() => server.close());

async function ask(signal = new AbortController().signal, timeoutMs = 5_000) {
  const client = await bedrockRuntimeFor(server)();
  return applyGuardrail({
    client,
    guardrail: { id: 'g1', version: '2' },
    source: 'INPUT',
    text: 'my text',
    signal,
    timeoutMs,
  });
}

function answerWith(body: unknown): void {
  server.answer = () => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    chunks: [Buffer.from(JSON.stringify(body))],
  });
}

const pii = (action: string) => ({
  sensitiveInformationPolicy: {
    piiEntities: [
      { match: 'a@b.c', type: 'EMAIL', action },
      { match: 'd@e.f', type: 'EMAIL', action },
    ],
    regexes: [],
  },
});

it('passes clean text through', async () => {
  answerWith({ action: 'NONE', outputs: [], assessments: [{}] });
  expect(await ask()).toEqual({ action: 'none', text: 'my text', findings: [] });
  expect(server.requests[0]?.path).toBe('/guardrail/g1/version/2/apply');
  expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
    source: 'INPUT',
    content: [{ text: { text: 'my text' } }],
  });
});

it('gives masked text and counts per detector, never what matched', async () => {
  answerWith({ action: 'GUARDRAIL_INTERVENED', outputs: [{ text: 'mail {EMAIL}' }], assessments: [pii('ANONYMIZED')] });
  const verdict = await ask();
  expect(verdict).toEqual({
    action: 'redacted',
    text: 'mail {EMAIL}',
    findings: [{ detector: 'pii:EMAIL', action: 'redacted', count: 2 }],
  });
});

it('is blocked as soon as one detector blocks', async () => {
  const topic = { topicPolicy: { topics: [{ name: 'Legal advice', type: 'DENY', action: 'BLOCKED' }] } };
  const word = { wordPolicy: { customWords: [{ match: 'rude', action: 'BLOCKED' }], managedWordLists: [] } };
  const hate = { contentPolicy: { filters: [{ type: 'HATE', confidence: 'HIGH', action: 'NONE' }] } };
  answerWith({
    action: 'GUARDRAIL_INTERVENED',
    outputs: [{ text: 'I cannot say.' }],
    assessments: [{ ...pii('ANONYMIZED'), ...topic, ...word, ...hate }],
  });
  const verdict = await ask();
  expect(verdict).toMatchObject({ action: 'blocked', text: 'I cannot say.' });
  expect(verdict.findings.map(({ detector }) => detector)).toEqual(['topic:Legal advice', 'word:custom', 'pii:EMAIL']);
});

it('takes an intervention without a named detector as blocked', async () => {
  answerWith({ action: 'GUARDRAIL_INTERVENED', outputs: [{ text: 'no' }], assessments: [] });
  expect(await ask()).toMatchObject({ action: 'blocked', findings: [] });
});

it('rejects with our codes', async () => {
  server.answer = () => bedrockError(429, 'ThrottlingException', 'slow down');
  await expect(ask()).rejects.toMatchObject({ code: 'upstream_throttled' });
  await expect(ask(AbortSignal.abort())).rejects.toMatchObject({ code: 'client_closed' });
  server.answer = () => ({ status: 200, headers: {}, chunks: [], ending: 'hang' });
  await expect(ask(undefined, 60)).rejects.toMatchObject({ code: 'upstream_timeout' });
});
