import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startContainer, until, weights, type Container } from './testing/container.ts';

let folder: string;
let container: Container | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-vllm-worker-'));
});
afterEach(async () => {
  await container?.remove();
  container = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** The container with a worker of this source beside its engine. */
async function start(source: string, environment: Record<string, string> = {}): Promise<Container> {
  const worker = join(folder, 'worker.mjs');
  writeFileSync(worker, source);
  const mounted = join(folder, 'mounted');
  container = await startContainer(folder, {
    MODEL_SOURCE: mounted,
    MODEL_DIGEST: weights(mounted, { 'config.json': '{}' }),
    SERVED_MODEL_NAME: 'small',
    MAX_MODEL_LEN: '2048',
    MODELS_PATH: join(folder, 'models'),
    WORKER_COMMAND: JSON.stringify([process.execPath, worker]),
    ...environment,
  });
  return container;
}

const names = (of: Container) => of.events().map(({ event }) => event);
const DRAINS = `
process.on('SIGTERM', () => { console.log('{"event":"released"}'); process.exit(75); });
setInterval(() => {}, 1_000);
console.log('{"event":"working"}');
`;

describe('a container with a worker', () => {
  it.each([0, 1, 75, 78])('starts it once the engine serves, and ends with it, with its %i', async (code) => {
    const asks = `
      const answer = await fetch('http://127.0.0.1:' + process.env.SERVING_PORT + '/health');
      console.log(JSON.stringify({ event: 'asked', status: answer.status }));
      process.exit(${code});
    `;
    const running = await start(asks);
    expect(await running.exited).toBe(code);
    expect(running.events()).toContainEqual({ event: 'asked', status: 200 });
    expect(running.engine().at(-1)).toMatchObject({ event: 'terminated' });
  });

  it('passes the order to stop on, lets it give its shards back, and says that the job is to be tried again', async () => {
    const running = await start(DRAINS);
    await until(() => names(running).includes('working'));
    running.process.kill('SIGTERM');
    expect(await running.exited).toBe(75);
    expect(names(running)).toContain('released');
    // The engine is there for as long as the worker is.
    expect(names(running).indexOf('worker.ended')).toBeGreaterThan(names(running).indexOf('released'));
    expect(running.engine().at(-1)).toMatchObject({ event: 'terminated' });
  });

  it('ends one that does not listen, within its time', async () => {
    const deaf = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1_000); console.log('{"event":"working"}');`;
    const running = await start(deaf, { DRAIN_TIMEOUT_SECONDS: '0.3' });
    await until(() => names(running).includes('working'));
    running.process.kill('SIGTERM');
    expect(await running.exited).toBe(75);
    expect(names(running)).toContain('worker.killed');
  });

  it('has it tried again when the engine is gone', async () => {
    const running = await start(DRAINS);
    await until(() => names(running).includes('working'));
    const pid = Number(running.engine()[0]?.['pid']);
    process.kill(pid, 'SIGKILL');
    expect(await running.exited).toBe(75);
    expect(names(running)).toEqual(expect.arrayContaining(['engine.ended', 'released', 'worker.ended']));
  });

  it('refuses a command that is none', async () => {
    const running = await start('', { WORKER_COMMAND: 'node worker.mjs' });
    expect(await running.exited).toBe(78);
  });
});
