import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startPlatform, type TestPlatform } from './platform.ts';

let platform: TestPlatform;
let key: string;

beforeAll(async () => {
  platform = await startPlatform();
  key = await platform.key();
});
afterAll(() => platform.close());

const body = (model: string, stream = true) =>
  JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'Tell me everything' }] });

function ask(model: string, signal?: AbortSignal): Promise<Response> {
  return fetch(`${platform.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: body(model),
    signal: signal ?? null,
  });
}

const openReservations = async () =>
  (await platform.stores.ledger.usage('acme')).find((scope) => scope.scope === 'tenant')?.concurrentRequests ?? 0;

describe.each(['bedrock', 'openai'])('a client that leaves in the middle of a stream (%s)', (model) => {
  it('stops the model within a second and is charged for what was written', async () => {
    const cancelledBefore = platform.engine.cancelled;
    const seenBefore = platform.requests.length;
    // Three pieces, then silence until the request is cancelled.
    platform.engine.play({
      pieces: ['one ', 'two ', 'three ', 'never'],
      gate: (piece, signal) =>
        piece < 3
          ? Promise.resolve()
          : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
    });
    const controller = new AbortController();
    const response = await ask(model, controller.signal);
    const reader = response.body!.getReader();
    let text = '';
    while (!text.includes('three')) text += new TextDecoder().decode((await reader.read()).value);
    expect(await openReservations()).toBe(1);
    controller.abort();
    await vi.waitFor(() => expect(platform.engine.cancelled).toBe(cancelledBefore + 1), { timeout: 1_000 });
    await vi.waitFor(async () => expect(await openReservations()).toBe(0), { timeout: 1_000 });
    await vi.waitFor(() => expect(platform.requests).toHaveLength(seenBefore + 1));
    expect(platform.requests.at(-1)).toMatchObject({ outcome: 'cancelled', error: 'client_closed' });
    expect(platform.requests.at(-1)!.outputTokens).toBeGreaterThan(0);
  });
});

describe('a client that leaves before its answer began', () => {
  it('stops the model too', async () => {
    const cancelledBefore = platform.engine.cancelled;
    platform.engine.play({
      gate: (_piece, signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
    });
    const controller = new AbortController();
    const asked = ask('openai', controller.signal).then((response) => response.text());
    await vi.waitFor(async () => expect(await openReservations()).toBe(1));
    controller.abort();
    await expect(asked).rejects.toThrow();
    await vi.waitFor(() => expect(platform.engine.cancelled).toBe(cancelledBefore + 1), { timeout: 1_000 });
    await vi.waitFor(async () => expect(await openReservations()).toBe(0), { timeout: 1_000 });
  });
});

describe('a reader that does not read', () => {
  it('holds the model back instead of filling memory', async () => {
    let written = 0;
    const piece = `${'x'.repeat(1_000)} `;
    platform.engine.play({
      pieces: Array.from({ length: 60_000 }, () => piece),
      gate: (index) => {
        written = index;
        return Promise.resolve();
      },
    });
    const socket = connect(Number(new URL(platform.url).port), '127.0.0.1');
    socket.pause();
    const text = body('openai');
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: plinth\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    );
    // Wait until no more is written: 60 MB would be if nothing held it back.
    let before = -1;
    await vi.waitFor(
      () => {
        const still = written === before && written > 0;
        before = written;
        expect(still).toBe(true);
      },
      { timeout: 15_000, interval: 500 },
    );
    expect(written).toBeLessThan(40_000);
    const cancelledBefore = platform.engine.cancelled;
    socket.destroy();
    await vi.waitFor(() => expect(platform.engine.cancelled).toBe(cancelledBefore + 1), { timeout: 2_000 });
  });
});
