import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelClient, ModelEvent } from '../model-client.ts';
import type { ContractHarness, ContractScript, RefusalKind } from './contract-script.ts';
import { outcomeOf, readAll, requestOf, textOf, withTextJoined } from './read-events.ts';
import { startWireServer, type WireServer } from './wire-server.ts';

const WORDS = ['Hello', ', ', 'wörld', ' 👩‍🚀', '\n"quoted"\\', '\u2028', ' end'];
const USAGE = { inputTokens: 12, outputTokens: 7 };

/** What every model client promises, held against the bytes of its own protocol. Call it at the top of a test file. */
export function describeModelClientContract(harness: ContractHarness): void {
  describe(`${harness.name} keeps the model client contract`, () => {
    let server: WireServer;
    let client: ModelClient;
    beforeEach(async () => {
      server = await startWireServer();
      client = harness.connect(server);
    });
    afterEach(() => server.close());

    const say = (script: ContractScript, isStream = true): void => {
      server.answer = () => harness.encode(script, isStream);
    };

    describe.each([true, false])('with stream: %s', (stream) => {
      it('gives start, the text, then the end with reason and usage', async () => {
        say({ text: WORDS, usage: USAGE }, stream);
        const events = await readAll(client, requestOf({ stream }));
        expect(events[0]).toMatchObject({ type: 'start' });
        expect(textOf(events)).toBe(WORDS.join(''));
        expect(events.at(-1)).toEqual({ type: 'end', reason: 'stop', usage: USAGE });
        expect(events.filter(({ type }) => type !== 'text')).toHaveLength(2);
      });

      it('says that the token limit ended the answer', async () => {
        say({ text: ['a'], reason: 'length', usage: USAGE }, stream);
        expect((await readAll(client, requestOf({ stream }))).at(-1)).toMatchObject({ type: 'end', reason: 'length' });
      });

      it('ends without usage when none is reported', async () => {
        say({ text: ['a'] }, stream);
        expect((await readAll(client, requestOf({ stream }))).at(-1)).toEqual({ type: 'end', reason: 'stop' });
      });

      it('reports a connection that dies in the middle as upstream_failed', async () => {
        say({ text: ['a', 'b'], ending: 'cut' }, stream);
        expect(outcomeOf(await readAll(client, requestOf({ stream })))).toBe('upstream_failed');
      });

      it('reports an answer that ends too early as upstream_failed', async () => {
        say({ text: ['a', 'b'], ending: 'early-end' }, stream);
        expect(outcomeOf(await readAll(client, requestOf({ stream })))).toBe('upstream_failed');
      });

      it('reports a server that begins and falls silent as upstream_timeout', async () => {
        const impatient = harness.connect(server, { idleTimeoutMs: 80, firstByteTimeoutMs: 80, answerTimeoutMs: 80 });
        say({ text: ['a'], ending: 'hang' }, stream);
        expect(outcomeOf(await readAll(impatient, requestOf({ stream })))).toBe('upstream_timeout');
        expect(await settled(() => server.abandoned() === 1)).toBe(true);
      });

      it('reports a server that says nothing at all as upstream_timeout', async () => {
        const impatient = harness.connect(server, { firstByteTimeoutMs: 80, answerTimeoutMs: 80 });
        server.answer = () => ({ ...harness.encode({}, stream), chunks: [], ending: 'hang' });
        expect(outcomeOf(await readAll(impatient, requestOf({ stream })))).toBe('upstream_timeout');
      });

      it.each<readonly [RefusalKind, string]>([
        ['throttled', 'upstream_throttled'],
        ['overloaded', 'overloaded'],
        ['too-long', 'context_length_exceeded'],
        ['invalid', 'invalid_request'],
        ['denied', 'configuration'],
        ['unknown-model', 'configuration'],
        ['failed', 'upstream_failed'],
        ['garbage', 'upstream_failed'],
      ])('maps a server that is %s to %s', async (kind, code) => {
        server.answer = () => harness.refuse(kind);
        const events = await readAll(client, requestOf({ stream }));
        expect(events).toHaveLength(1);
        expect(outcomeOf(events)).toBe(code);
        const [event] = events;
        if (event?.type !== 'error') throw new Error('not an error');
        expect(event.error.message).not.toMatch(/secret prompt/);
        expect(causes(event.error)).not.toMatch(/secret prompt/);
        if (kind === 'throttled') expect(event.error.retryAfterSeconds).toBe(7);
      });

      it('stops within a second of an abort, with client_closed last and the connection gone', async () => {
        say({ text: ['a'], ending: 'hang' }, stream);
        const controller = new AbortController();
        const gone = server.nextAbandoned();
        const events: ModelEvent[] = [];
        const request = requestOf({ stream });
        // Not before the server has the request: a first call may take its time to load the SDK.
        const aborted = vi
          .waitFor(() => expect(server.requests).not.toHaveLength(0), { timeout: 10_000, interval: 10 })
          .then(() => {
            controller.abort();
            return performance.now();
          });
        for await (const event of client.stream(request, { signal: controller.signal })) events.push(event);
        await gone;
        expect(outcomeOf(events)).toBe('client_closed');
        expect(performance.now() - (await aborted)).toBeLessThan(1_000);
      });

      it('does not call the server when the signal has already fired', async () => {
        const events = await readAll(client, requestOf({ stream }), AbortSignal.abort());
        expect(outcomeOf(events)).toBe('client_closed');
        expect(server.requests).toHaveLength(0);
      });
    });

    it('reports an error of the protocol in the middle of a stream, after the text before it', async () => {
      say({ text: ['a', 'b'], ending: 'error' });
      const events = await readAll(client, requestOf());
      expect(textOf(events)).toBe('ab');
      expect(outcomeOf(events)).toBe('upstream_failed');
    });

    it('reports an empty stream as upstream_failed', async () => {
      server.answer = () => ({ ...harness.encode({}, true), chunks: [] });
      expect(outcomeOf(await readAll(client, requestOf()))).toBe('upstream_failed');
    });

    it('reports a server that is not there as upstream_failed', async () => {
      const dead = await startWireServer();
      const orphan = harness.connect(dead);
      await dead.close();
      expect(outcomeOf(await readAll(orphan, requestOf()))).toBe('upstream_failed');
    });

    it('closes the connection when the consumer leaves early', async () => {
      say({ text: ['a', 'b'], ending: 'hang' });
      const gone = server.nextAbandoned();
      for await (const event of client.stream(requestOf(), never())) if (event.type === 'text') break;
      await gone;
      expect(server.abandoned()).toBe(1);
    });

    it('reads the same wherever the bytes are cut', async () => {
      const script = { text: WORDS, usage: USAGE };
      const bytes = Buffer.concat([...harness.encode(script, true).chunks]);
      say(script);
      const whole = withTextJoined(await readAll(client, requestOf()));
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length), { maxLength: 12 }), async (cuts) => {
          const chunks = pieces(bytes, cuts);
          server.answer = () => ({ ...harness.encode(script, true), chunks, isSplit: true });
          expect(withTextJoined(await readAll(client, requestOf()))).toEqual(whole);
        }),
        { numRuns: 40 },
      );
    });

    it('runs fifty streams at once without mixing them', async () => {
      server.answer = ({ body }) => {
        const name = /stream-\d+/.exec(body)?.[0] ?? 'none';
        return { ...harness.encode({ text: Array<string>(20).fill(`${name} `) }, true), isSplit: true };
      };
      const streams = Array.from({ length: 50 }, async (_, index) => {
        const events = await readAll(client, requestOf({ messages: [{ role: 'user', content: `stream-${index}` }] }));
        return textOf(events) === `stream-${index} `.repeat(20);
      });
      expect((await Promise.all(streams)).every(Boolean)).toBe(true);
    });

    it('uses connections again, also after aborts', async () => {
      say({ text: ['a'] });
      for (let round = 0; round < 10; round += 1) await readAll(client, requestOf());
      expect(server.connections()).toBeLessThanOrEqual(2);
      say({ text: ['a'], ending: 'hang' });
      for (let round = 0; round < 20; round += 1)
        for await (const event of client.stream(requestOf(), never())) if (event.type === 'text') break;
      // A pool may keep a few idle ones; twenty would be a leak.
      expect(await settled(() => server.openSockets() <= 4)).toBe(true);
      say({ text: ['still here'] });
      expect(textOf(await readAll(client, requestOf()))).toBe('still here');
    });

    it('holds back the server of a slow consumer, then reads on to the end', async () => {
      const piece = 'x'.repeat(8_192);
      const count = 8_000;
      const total = piece.length * count;
      say({
        text: (function* () {
          for (let sent = 0; sent < count; sent += 1) yield piece;
        })(),
      });
      let length = 0;
      let heldAt = 0;
      for await (const event of client.stream(requestOf(), never())) {
        if (event.type !== 'text') continue;
        if (length === 0) heldAt = await restsAt(server.written);
        length += event.text.length;
      }
      expect(length).toBe(total);
      expect(heldAt).toBeLessThan(total / 3);
    });

    if (harness.features.includes('tools')) {
      it.each([true, false])('gives tool calls with id and name first (stream: %s)', async (stream) => {
        const toolCalls = [
          { id: 'call-1', name: 'weather', arguments: ['{"city":', '"Zürich"}'] },
          { id: 'call-2', name: 'clock', arguments: ['{}'] },
        ];
        say({ toolCalls, reason: 'tool_calls' }, stream);
        const tools = [{ type: 'function', function: { name: 'weather' } } as const];
        const events = await readAll(client, requestOf({ stream, tools }));
        expect(gather(events)).toEqual([
          { id: 'call-1', name: 'weather', arguments: '{"city":"Zürich"}' },
          { id: 'call-2', name: 'clock', arguments: '{}' },
        ]);
        expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'tool_calls' });
      });

      it('counts cached tokens among the prompt tokens', async () => {
        const usage = { inputTokens: 100, outputTokens: 2, cachedInputTokens: 80 };
        say({ text: ['a'], usage });
        expect((await readAll(client, requestOf())).at(-1)).toEqual({ type: 'end', reason: 'stop', usage });
      });
    } else {
      it('refuses tools in words, without calling the server', async () => {
        const tools = [{ type: 'function', function: { name: 'weather' } } as const];
        const events = await readAll(client, requestOf({ tools }));
        expect(outcomeOf(events)).toBe('unsupported_feature');
        expect(server.requests).toHaveLength(0);
      });
    }
  });
}

const never = (): { signal: AbortSignal } => ({ signal: new AbortController().signal });

function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const edges = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  return edges
    .slice(1)
    .map((end, index) => bytes.subarray(edges[index], end))
    .filter(({ length }) => length > 0);
}

function gather(events: readonly ModelEvent[]): { id: string; name: string; arguments: string }[] {
  const calls: { id: string; name: string; arguments: string }[] = [];
  for (const event of events) {
    if (event.type !== 'tool-call') continue;
    const call = (calls[event.index] ??= { id: event.id ?? '', name: event.name ?? '', arguments: '' });
    call.arguments += event.arguments;
  }
  return calls;
}

function causes(error: Error): string {
  return error.cause instanceof Error ? `${error.cause.message} ${causes(error.cause)}` : '';
}

/** True as soon as the condition holds, false if it does not within two seconds. */
async function settled(condition: () => boolean): Promise<boolean> {
  const deadline = performance.now() + 2_000;
  while (!condition()) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return true;
}

/** Where a counter comes to rest: unchanged over ten looks, 10 ms apart. */
async function restsAt(counter: () => number): Promise<number> {
  let last = -1;
  for (let quiet = 0; quiet < 10;) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    const now = counter();
    quiet = now === last ? quiet + 1 : 0;
    last = now;
  }
  return last;
}
