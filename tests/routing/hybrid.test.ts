import { startLocal, type RunningLocal } from '@plinth/local';
import { ScriptedEngine, untilAborted } from '@plinth/local/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hybridModel } from './catalog.ts';
import { openHybridPlatform } from './hybrid-platform.ts';

const SLOTS = 2;
const [own, managed] = [new ScriptedEngine(), new ScriptedEngine()];
let servers: { own: RunningLocal; managed: RunningLocal };
let platform: Awaited<ReturnType<typeof openHybridPlatform>>;

beforeEach(async () => {
  own.play({ pieces: ['ours'] });
  managed.play({ pieces: ['theirs'] });
  servers = { own: await startLocal({ engine: own }), managed: await startLocal({ engine: managed }) };
  const addresses = {
    own: { url: servers.own.openaiUrl, modelId: 'scripted', metrics: true },
    managed: { modelId: 'scripted' },
    slots: SLOTS,
  };
  platform = await openHybridPlatform([hybridModel(addresses)], servers.managed.bedrockUrl);
});
afterEach(async () => {
  await platform.close();
  await Promise.all([servers.own.close(), servers.managed.close()]);
});

/** Answers of the own server come when the test lets them. */
function hold(): () => void {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  own.play({ pieces: ['ours'], gate: (_, signal) => Promise.race([released, untilAborted(signal)]) });
  return release;
}
const answersOf = async (count: number, fields: object = {}) =>
  (await Promise.all(Array.from({ length: count }, () => platform.ask(fields).done))).map(({ text }) => text);
const untilRunning = (count: number) => expect.poll(() => own.load().running).toBe(count);

describe('a model of our own with Bedrock behind it', () => {
  it('answers steady load itself, sends a burst on, and answers by itself again when that is over', async () => {
    for (let request = 0; request < 5; request++) expect(await answersOf(1)).toEqual(['ours']);
    const release = hold();
    const held = answersOf(SLOTS);
    await untilRunning(SLOTS);
    expect(await answersOf(4)).toEqual(Array(4).fill('theirs'));
    release();
    expect(await held).toEqual(Array(SLOTS).fill('ours'));
    expect(await answersOf(1)).toEqual(['ours']);
    const routes = (await platform.audit()).map(({ route, nanoUsd }) => [route?.pool, route?.reason, nanoUsd !== 0]);
    expect(routes.filter(([pool]) => pool === 'bedrock')).toEqual(Array(4).fill(['bedrock', 'spilled', true]));
    expect(routes.filter(([pool]) => pool === 'own')).toHaveLength(5 + SLOTS + 1);
    for (const [pool, , paid] of routes) expect(paid).toBe(pool === 'bedrock');
  });

  it('loses no request that had not begun to be answered when the own server dies, and says that it did', async () => {
    hold();
    const held = Array.from({ length: SLOTS }, () => platform.ask());
    await untilRunning(SLOTS);
    await servers.own.close();
    for (const { done } of held) expect(await done).toMatchObject({ status: 200, text: 'theirs', error: undefined });
    for (let request = 0; request < 10; request++) expect(await answersOf(1)).toEqual(['theirs']);
    const [model] = await platform.routes();
    expect(model?.pools[0]?.members[0]).toMatchObject({ id: 'server', breaker: 'open', in_flight: 0 });
    const routes = (await platform.audit()).map(({ route }) => route);
    expect(routes[0]?.attempts).toMatchObject([{ pool: 'own', member: 'server' }]);
    expect(routes.at(-1)).toMatchObject({ pool: 'bedrock', reason: 'own-down', attempts: [] });
  });

  it('ends an answer that had begun with one error, never with a second answer', async () => {
    own.play({
      pieces: ['Half ', 'of an ', 'answer'],
      gate: (piece, signal) => (piece < 2 ? Promise.resolve() : untilAborted(signal)),
    });
    const asked = platform.ask();
    await asked.begun;
    await servers.own.close();
    const { text, error } = await asked.done;
    expect([text.startsWith('Half'), text.includes('theirs'), error]).toEqual([true, false, 'upstream_failed']);
  });

  it('keeps data that must stay, whatever the state of the server', async () => {
    const key = await platform.key({ dataStays: true });
    expect(await platform.ask({}, key).done).toMatchObject({ text: 'ours' });
    await servers.own.close();
    const before = managed.requests.length;
    expect(await platform.ask({}, key).done).toMatchObject({ status: 502, error: 'upstream_failed' });
    expect(await platform.ask({ route: { data: 'local' } }).done).toMatchObject({ status: 502 });
    expect(managed.requests).toHaveLength(before);
  });

  it('lets batches wait for it rather than pay for Bedrock', async () => {
    const release = hold();
    const held = answersOf(SLOTS);
    await untilRunning(SLOTS);
    const batch = answersOf(2, { route: { class: 'batch' } });
    expect(await answersOf(1)).toEqual(['theirs']);
    release();
    expect([...(await held), ...(await batch)]).toEqual(Array(SLOTS + 2).fill('ours'));
  });
});
