import type { ChatMessage } from '@plinth/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countBytes } from '../testing/samples.ts';
import { estimatePromptTokens, estimateTokens, promptTokenBound } from './token-bound.ts';

const text = fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 20 }));
const message: fc.Arbitrary<ChatMessage> = fc.oneof(
  fc.record({ role: fc.constantFrom('system' as const, 'developer' as const, 'user' as const), content: text }),
  fc.record({
    role: fc.constant('user' as const),
    content: fc.array(fc.record({ type: fc.constant('text' as const), text }), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    role: fc.constant('assistant' as const),
    content: fc.option(text),
    tool_calls: fc.array(
      fc.record({
        id: fc.constant('call_1'),
        type: fc.constant('function' as const),
        function: fc.record({ name: fc.constant('f'), arguments: text }),
      }),
      { maxLength: 3 },
    ),
  }),
  fc.record({ role: fc.constant('tool' as const), content: text, tool_call_id: fc.constant('call_1') }),
);

describe('the bound on prompt tokens', () => {
  it('is never below what a tokenizer makes that takes every byte for a token, nor below the bytes of the text', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
        const bound = promptTokenBound(messages);
        expect(bound).toBeGreaterThanOrEqual(countBytes(messages));
        const written = messages.flatMap(({ content }) => (typeof content === 'string' ? [content] : []));
        expect(bound).toBeGreaterThanOrEqual(Buffer.byteLength(written.join('')));
      }),
    );
  });

  it('grows with every message', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), message, (messages, more) => {
        expect(promptTokenBound([...messages, more])).toBeGreaterThan(promptTokenBound(messages));
      }),
    );
  });

  it('counts tools and images', () => {
    const plain = promptTokenBound([{ role: 'user', content: '' }]);
    const tools = [{ type: 'function' as const, function: { name: 'f', description: 'ü'.repeat(50) } }];
    expect(promptTokenBound([{ role: 'user', content: '' }], tools)).toBeGreaterThan(plain + 100);
    const image = { type: 'image_url' as const, image_url: { url: 'data:,' } };
    expect(promptTokenBound([{ role: 'user', content: [image] }])).toBeGreaterThanOrEqual(plain + 1_600);
  });
});

describe('an estimate', () => {
  it('is a whole number, not above the bound and never nothing for something', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), (bytes) => {
        const tokens = estimateTokens(bytes);
        expect(Number.isInteger(tokens)).toBe(true);
        expect(tokens).toBeLessThanOrEqual(bytes);
        expect(tokens > 0).toBe(bytes > 0);
        expect(estimatePromptTokens(bytes)).toBe(tokens);
      }),
    );
  });
});
