import type { ModelRequest } from '@plinth/models';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completion } from '../testing/engines.ts';
import { tongueOf } from './tongue-of.ts';

const PIXEL = Buffer.from([137, 80, 78, 71]).toString('base64');
const request: ModelRequest = {
  messages: [
    { role: 'system', content: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is it?' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
      ],
    },
  ],
  maxTokens: 7,
  stream: true,
  temperature: 0.5,
  serviceTier: 'flex',
};
const [converse, openai] = [tongueOf('bedrock', 'nova-lite'), tongueOf('async', 'qwen3-8b')];
const last = (events: readonly { type: string }[]) => events.at(-1);

describe('a request in an engine’s file', () => {
  it('is the body of Converse for Bedrock: bytes in base64, without the model and the tier, which are the job’s', () => {
    expect(JSON.parse(converse.body(request))).toEqual({
      system: [{ text: 'Be brief.' }],
      messages: [
        { role: 'user', content: [{ text: 'What is it?' }, { image: { format: 'png', source: { bytes: PIXEL } } }] },
      ],
      inferenceConfig: { maxTokens: 7, temperature: 0.5 },
    });
  });

  it('is a chat completion that does not stream for the others', () => {
    expect(JSON.parse(openai.body(request))).toMatchObject({ model: 'qwen3-8b', max_tokens: 7, stream: false });
    expect(openai.body(request)).not.toContain('flex');
  });

  it('is refused where the engine cannot be asked it', () => {
    expect(() => converse.body({ ...request, temperature: 1.5 })).toThrow(/temperature/);
  });
});

describe('an answer in an engine’s file', () => {
  it('says what the model said, and what it used', () => {
    const message = { role: 'assistant', content: [{ text: 'A dot.' }] };
    const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };
    expect(converse.events({ output: { message }, stopReason: 'end_turn', usage })).toEqual([
      { type: 'start' },
      { type: 'text', text: 'A dot.' },
      { type: 'end', reason: 'stop', usage: { inputTokens: 3, outputTokens: 2 } },
    ]);
    expect(openai.events(completion('A dot.'))).toEqual([
      { type: 'start' },
      { type: 'text', text: 'A dot.' },
      { type: 'end', reason: 'stop', usage: { inputTokens: 10, outputTokens: 5 } },
    ]);
  });

  it.each([
    ['bedrock', converse],
    ['the others', openai],
  ])('of %s that is none is an error, and never throws', (_, tongue) => {
    const strange = fc.oneof(
      fc.jsonValue(),
      fc.record({ output: fc.jsonValue() }),
      fc.record({ choices: fc.jsonValue() }),
    );
    fc.assert(
      fc.property(strange, (output) => {
        const events = tongue.events(output);
        expect(events[0]).toEqual({ type: 'start' });
        expect(last(events)?.type).toBe('error');
      }),
    );
  });

  it.each([
    [400, 'invalid_request', false],
    [429, 'upstream_throttled', true],
    [500, 'upstream_failed', true],
    [undefined, 'upstream_failed', true],
  ])('that is the fault %s is told as ours, without its words', (status, code, retryable) => {
    for (const tongue of [converse, openai]) {
      const error = tongue.fault({ status, message: 'quotes the prompt' });
      expect(error).toMatchObject({ code, retryable });
      expect(error.message).not.toContain('quotes');
    }
    const tooLong = converse.fault({ status: 400, message: 'Input is too long for requested model.' });
    expect(tooLong.code).toBe('context_length_exceeded');
  });
});
