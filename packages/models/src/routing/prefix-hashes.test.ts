import type { ChatMessage } from '@plinth/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prefixHashes as prefixesOf, prefixSeed } from './prefix-hashes.ts';

const seed = prefixSeed('acme', 7);
const prefixHashes = (messages: readonly ChatMessage[], of: number) => prefixesOf(messages, of).prefixes;
const user = (content: string): ChatMessage => ({ role: 'user', content });
const conversation = fc.array(fc.string({ maxLength: 40 }).map(user), { maxLength: 30 });

describe('hashes of the beginnings of a prompt', () => {
  it('are one a message, whole numbers that a double holds, sixteen at most', () =>
    fc.assert(
      fc.property(conversation, (messages) => {
        const hashes = prefixHashes(messages, seed);
        expect(hashes).toHaveLength(Math.min(16, messages.length));
        for (const hash of hashes) expect(Number.isSafeInteger(hash) && hash >= 0).toBe(true);
      }),
    ));

  it('say how many tokens each beginning has, likely, and the whole', () => {
    const image = { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AAAA' } };
    const messages: ChatMessage[] = [user('x'.repeat(400)), user('y'.repeat(40)), { role: 'user', content: [image] }];
    expect(prefixesOf(messages, seed)).toMatchObject({ prefixTokens: [104, 118, 1_122], promptTokens: 1_122 });
  });

  it('are the same for the same beginning, whatever comes after it', () =>
    fc.assert(
      fc.property(conversation, fc.string(), (messages, more) => {
        const before = prefixHashes(messages, seed);
        const after = prefixHashes([...messages, user(more)], seed);
        if (messages.length <= 16) expect(after.slice(0, 4)).toEqual([...before, after.at(-1)].slice(0, 4));
        // The turn before the last: what the server answered before it was asked again.
        if (messages.length > 0) expect(after.at(-2)).toBe(before.at(-1));
      }),
    ));

  it('differ where the role, the text, the cut between texts or the order differs', () => {
    const beginnings: ChatMessage[][] = [
      [user('ab'), user('c')],
      [user('a'), user('bc')],
      [user('abc'), user('')],
      [user('c'), user('ab')],
      [{ role: 'system', content: 'ab' }, user('c')],
      [{ role: 'user', content: [{ type: 'text', text: 'a' }] }, user('c')],
    ];
    const last = beginnings.map((messages) => prefixHashes(messages, seed).at(-1));
    expect(new Set(last).size).toBe(beginnings.length);
  });

  it('of many prompts do not meet', () => {
    const hashes = Array.from({ length: 50_000 }, (_, index) => prefixHashes([user(`Question ${index}`)], seed)[0]);
    expect(new Set(hashes).size).toBe(50_000);
  });

  it('of one prompt are others for each tenant and each process', () => {
    const messages = [user('You are a helpful assistant.')];
    const seeds = [seed, prefixSeed('globex', 7), prefixSeed('acme', 8), prefixSeed('acm', 7)];
    expect(new Set(seeds.map((each) => prefixHashes(messages, each)[0])).size).toBe(4);
  });
});
