import { PlatformError, type CatalogModel, type ChatMessage } from '@plinth/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aModel, countBytes } from '../testing/samples.ts';
import { ScriptedModel } from '../testing/scripted-model.ts';
import { fitContext, SUMMARY_TOKENS, type FitOptions } from './fit-context.ts';
import { promptTokenBound } from './token-bound.ts';

const signal = new AbortController().signal;
const user = (content: string): ChatMessage => ({ role: 'user', content });
const system: ChatMessage = { role: 'system', content: 'Be kind.' };

function fit(
  messages: readonly ChatMessage[],
  overrides: Partial<CatalogModel>,
  options: Partial<FitOptions> & {
    cap?: number;
    count?: (messages: readonly ChatMessage[]) => number | undefined;
  } = {},
) {
  const counted: (readonly ChatMessage[])[] = [];
  const summarized: string[] = [];
  const count = options.count ?? countBytes;
  const client = new ScriptedModel([], (each) => (counted.push(each), count(each)));
  const fitted = fitContext(messages, options.cap ?? 100, {
    model: aModel(overrides),
    client,
    signal,
    summarize: (text) => (summarized.push(text), Promise.resolve('They talked.')),
    ...options,
  });
  return { fitted, counted, summarized };
}

describe('a prompt that fits', () => {
  it('goes as it is, without asking a tokenizer', async () => {
    const messages = [system, user('Hi')];
    const { fitted, counted } = fit(messages, {});
    expect(await fitted).toMatchObject({ messages, leftOut: 0, maxCompletionTokens: 100 });
    expect((await fitted).promptTokens).toBeLessThan(promptTokenBound(messages));
    expect(counted).toHaveLength(0);
  });

  it('by the exact count alone goes as it is too', async () => {
    const messages = [user('x'.repeat(2_000))];
    const { fitted } = fit(messages, {}, { count: () => 900 });
    expect(await fitted).toMatchObject({ messages, promptTokens: 900, leftOut: 0 });
  });

  it('leaves a shorter answer where the context is nearly full', async () => {
    const { fitted } = fit([user('x'.repeat(950))], {}, { cap: 250 });
    const { promptTokens, maxCompletionTokens } = await fitted;
    expect(promptTokens + maxCompletionTokens).toBe(1_200);
  });

  it('counts its tools, which servers leave out of their count', async () => {
    const tools = [{ type: 'function' as const, function: { name: 'f', description: 'd'.repeat(600) } }];
    const { fitted } = fit([user('x'.repeat(500))], {}, { tools });
    await expect(fitted).rejects.toMatchObject({ code: 'context_length_exceeded' });
  });
});

describe('a prompt that is too long', () => {
  const long = [system, ...Array.from({ length: 20 }, (_, turn) => user(`${turn} ${'x'.repeat(100)}`))];

  it('is refused with both numbers where the policy says so', async () => {
    const { fitted } = fit(long, { contextPolicy: 'reject' });
    await expect(fitted).rejects.toMatchObject({ code: 'context_length_exceeded', status: 400, param: 'messages' });
    await expect(fitted).rejects.toThrow(/is \d+ tokens.*at most 1000/);
  });

  it('loses its oldest turns where the policy says so', async () => {
    const { fitted } = fit(long, { contextPolicy: 'truncate' });
    const { messages, leftOut, promptTokens } = await fitted;
    expect(messages).toEqual([system, ...long.slice(1 + leftOut)]);
    expect(leftOut).toBeGreaterThan(0);
    expect(promptTokens).toBe(countBytes(messages));
  });

  it('has them summarized where the policy says so', async () => {
    const { fitted, summarized } = fit(long, { contextPolicy: 'summarize' });
    const { messages, leftOut } = await fitted;
    expect(summarized).toHaveLength(1);
    expect(messages[0]).toBe(system);
    expect(messages[1]).toEqual({ role: 'system', content: 'Summary of the earlier conversation: They talked.' });
    expect(messages.slice(2)).toEqual(long.slice(1 + leftOut));
  });

  it('is refused when its last turn alone is too long, whatever the policy', async () => {
    for (const contextPolicy of ['reject', 'truncate', 'summarize'] as const) {
      const { fitted } = fit([user('old'), user('x'.repeat(1_500))], { contextPolicy });
      await expect(fitted).rejects.toMatchObject({ code: 'context_length_exceeded' });
    }
  });

  it('is judged by a likely count where the server cannot count', async () => {
    const { fitted } = fit([user('x'.repeat(2_000))], {}, { count: () => undefined });
    expect((await fitted).promptTokens).toBeLessThan(1_000);
  });

  it('passes on that the tokenizer failed', async () => {
    const failing = new ScriptedModel([], () => {
      throw new PlatformError('upstream_failed', 'No.');
    });
    await expect(fit(long, {}, { client: failing }).fitted).rejects.toMatchObject({ code: 'upstream_failed' });
  });
});

describe('whatever the conversation', () => {
  const turn = fc.oneof(
    fc.string({ maxLength: 300 }).map(user),
    fc.string({ unit: 'grapheme', maxLength: 100 }).map((content): ChatMessage => ({ role: 'assistant', content })),
    fc.string({ maxLength: 30 }).map((content): ChatMessage => ({ role: 'system', content })),
  );
  const conversation = fc.array(turn, { maxLength: 15 }).map((turns) => [system, ...turns, user('And now?')]);

  it('what is sent is never over the most a prompt may be, by the strictest tokenizer, and keeps system and last turn', async () => {
    await fc.assert(
      fc.asyncProperty(
        conversation,
        fc.constantFrom('truncate' as const, 'summarize' as const),
        fc.integer({ min: 420, max: 1_000 }),
        async (given, contextPolicy, maxPromptTokens) => {
          const longest = 'ß'.repeat(SUMMARY_TOKENS / 2);
          const { fitted } = fit(
            given,
            { contextPolicy, maxPromptTokens },
            { summarize: () => Promise.resolve(longest) },
          );
          const outcome = await fitted.catch((error: PlatformError) => error);
          if (outcome instanceof PlatformError) {
            expect(outcome.code).toBe('context_length_exceeded');
            return;
          }
          expect(countBytes(outcome.messages)).toBeLessThanOrEqual(maxPromptTokens);
          expect(outcome.maxCompletionTokens).toBeGreaterThanOrEqual(1);
          expect(outcome.messages).toEqual(expect.arrayContaining(given.filter(({ role }) => role === 'system')));
          expect(outcome.messages.at(-1)).toBe(given.at(-1));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('what is handed over to be summarized is itself short enough for the model', async () => {
    const long = Array.from({ length: 30 }, () => user('ü'.repeat(100)));
    const { fitted, summarized } = fit(long, { contextPolicy: 'summarize' });
    await fitted;
    expect(Buffer.byteLength(summarized[0] ?? '')).toBeLessThan(1_000);
    expect(summarized[0]).not.toContain('\uFFFD');
  });
});
