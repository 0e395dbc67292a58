import { describe, expect, it } from 'vitest';
import type { ModelClient, ModelEvent } from '../model-client.ts';
import { readServerLoad } from '../routing/server-metrics.ts';
import { outcomeOf, readAll, requestOf, textOf } from './read-events.ts';

export interface LiveModel {
  readonly name: string;
  /** Called once the server is up. */
  connect(): ModelClient;
  /** Streams at once. @default 4 */
  readonly streams?: number;
  /** Whether the server can count prompt tokens. @default true */
  readonly counts?: boolean;
}

/** What every model client does with a server that is really there, whatever the model says. */
export function describeLiveModel({ name, connect, streams = 4, counts = true }: LiveModel): void {
  describe(`${name}, live`, () => {
    it.each([true, false])('answers with text, a reason and usage (stream: %s)', async (stream) => {
      const events = await readAll(connect(), requestOf({ stream, maxTokens: 8 }));
      expect(events[0]).toMatchObject({ type: 'start' });
      expect(textOf(events)).not.toBe('');
      const end = events.at(-1);
      if (end?.type !== 'end') throw new Error(`ended with ${outcomeOf(events)}`);
      expect(['stop', 'length']).toContain(end.reason);
      expect(end.usage?.inputTokens).toBeGreaterThan(0);
      expect(end.usage?.outputTokens).toBeGreaterThan(0);
      expect(end.usage?.outputTokens).toBeLessThanOrEqual(8);
    });

    it(`runs ${streams} streams at once, each with its own end`, async () => {
      const client = connect();
      const runs = Array.from({ length: streams }, () => readAll(client, requestOf({ maxTokens: 8 })));
      expect((await Promise.all(runs)).map(outcomeOf)).toEqual(Array<string>(streams).fill('end'));
    });

    it('ends with client_closed within a second of an abort, and answers the next request', async () => {
      const client = connect();
      const controller = new AbortController();
      const events: ModelEvent[] = [];
      let abortedAt = Infinity;
      const request = requestOf({ maxTokens: 400, messages: [{ role: 'user', content: 'Count to a thousand.' }] });
      for await (const event of client.stream(request, { signal: controller.signal })) {
        events.push(event);
        if (event.type !== 'text' || controller.signal.aborted) continue;
        abortedAt = performance.now();
        controller.abort();
      }
      expect(outcomeOf(events)).toBe('client_closed');
      expect(performance.now() - abortedAt).toBeLessThan(1_000);
      expect(outcomeOf(await readAll(client, requestOf({ maxTokens: 4 })))).toBe('end');
    });

    it('lets a consumer leave early and come back', async () => {
      const client = connect();
      const options = { signal: new AbortController().signal };
      for await (const event of client.stream(requestOf({ maxTokens: 400 }), options)) if (event.type === 'text') break;
      expect(outcomeOf(await readAll(client, requestOf({ maxTokens: 4 })))).toBe('end');
    });

    it.runIf(counts)('counts prompt tokens', async () => {
      const options = { signal: new AbortController().signal };
      const short = await connect().countTokens([{ role: 'user', content: 'Hi there' }], options);
      const long = await connect().countTokens(
        [{ role: 'user', content: 'Hi there, and so on. '.repeat(20) }],
        options,
      );
      expect(short).toBeGreaterThan(0);
      expect(long).toBeGreaterThan(short ?? Infinity);
    });
  });
}

/** What a router reads of a vLLM server that is really there: that it is at work while it answers, and at rest afterwards. */
export function describeLiveMetrics(name: string, baseUrl: () => string, connect: () => ModelClient): void {
  it(`${name} says how it does while it answers, and after`, async () => {
    const load = () => readServerLoad(`${baseUrl()}/metrics`);
    const request = requestOf({ maxTokens: 400, messages: [{ role: 'user', content: 'Count to a thousand.' }] });
    for await (const event of connect().stream(request, { signal: new AbortController().signal })) {
      if (event.type !== 'text') continue;
      await expect.poll(async () => (await load()).running).toBeGreaterThan(0);
      const { kvCacheUse } = await load();
      expect(kvCacheUse).toBeGreaterThan(0);
      expect(kvCacheUse).toBeLessThanOrEqual(1);
      break;
    }
    await expect.poll(load, { timeout: 10_000 }).toMatchObject({ running: 0, waiting: 0 });
  });
}
