import { describe, expect, it } from 'vitest';
import type { QueryTurn } from '../ports/query-rewriter.ts';
import { modelRewriter } from './rewrite-by-model.ts';
import { rewriteByRules } from './rewrite-by-rules.ts';

const turns = (...texts: readonly string[]): QueryTurn[] =>
  texts.map((text, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', text }));

describe('rewriting by rules', () => {
  it.each([
    ['a first question stays as it is', turns('How many days of annual leave?'), 'How many days of annual leave?'],
    [
      'a pronoun takes the words it points to',
      turns('How many days of annual leave?', '25.', 'Does it expire?'),
      'Does it expire? days annual leave',
    ],
    [
      'a short follow-up goes on',
      turns('Annual leave in Germany?', '30 days.', 'And France?'),
      'And France? Annual leave Germany',
    ],
    [
      'words it has already are not added',
      turns('Parental leave rules?', '…', 'And annual leave?'),
      'And annual leave? Parental rules',
    ],
    [
      'a question of its own is left alone',
      turns(
        'How many days of annual leave?',
        '25.',
        'Where can employees park their bicycles near the main office building?',
      ),
      'Where can employees park their bicycles near the main office building?',
    ],
    [
      'one follow-up after another reaches back',
      turns('Annual leave in Germany?', '30.', 'And France?', '25.', 'Why?'),
      'Why? France Annual leave Germany',
    ],
  ])('%s', (_name, given, expected) => expect(rewriteByRules(given)).toBe(expected));
});

describe('rewriting by the model', () => {
  const signal = new AbortController().signal;
  const follow = turns('How many days of annual leave?', '25.', 'When does it expire?');

  it('asks it about a follow-up, and takes a short question about the same', async () => {
    const asked: unknown[] = [];
    const ask = (messages: unknown) => {
      asked.push(messages);
      return Promise.resolve('"When does annual leave expire?"\nBecause');
    };
    expect(await modelRewriter.rewrite(follow, { ask, signal })).toBe('When does annual leave expire?');
    expect(asked).toHaveLength(1);
  });

  it.each(['', 'The capital of Peru is Lima.', 'leave '.repeat(200)])(
    'takes the rules’ own where it says %j',
    async (said) =>
      expect(await modelRewriter.rewrite(follow, { ask: () => Promise.resolve(said), signal })).toBe(
        rewriteByRules(follow),
      ),
  );

  it('does not ask about a first question', async () => {
    const ask = () => Promise.reject(new Error('asked'));
    expect(await modelRewriter.rewrite(turns('How much leave?'), { ask, signal })).toBe('How much leave?');
  });

  it('asks for no more than it says it may', async () => {
    const long = turns('é'.repeat(5_000), 'ü'.repeat(5_000), '😀'.repeat(5_000));
    const ask = (messages: readonly { content: string }[]) => {
      const bytes = messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
      expect(bytes).toBeLessThanOrEqual(modelRewriter.asks!.promptTokens - 100);
      return Promise.resolve('');
    };
    await modelRewriter.rewrite(long, { ask, signal });
    expect.assertions(1);
  });
});
