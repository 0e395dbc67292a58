import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startContainer, until, weights, type Container } from './testing/container.ts';

let folder: string;
let container: Container | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-vllm-'));
});

afterEach(async () => {
  await container?.remove();
  container = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const FILES = { 'config.json': '{}', 'model.safetensors': 'weights' };

/** Starts the container over weights on a volume. */
async function start(environment: Record<string, string> = {}): Promise<Container> {
  const source = join(folder, 'mounted');
  const digest = weights(source, FILES);
  container = await startContainer(folder, {
    MODEL_SOURCE: source,
    MODEL_DIGEST: digest,
    SERVED_MODEL_NAME: 'small',
    MAX_MODEL_LEN: '2048',
    MODELS_PATH: join(folder, 'models'),
    ...environment,
  });
  return container;
}

const names = (of: Container) => of.events().map(({ event }) => event);
const messageOf = (of: Container) => String(of.events().at(-1)?.['message']);

describe('the entry point', () => {
  it('starts the engine with the context it was given, offline, and without code from the model', async () => {
    const running = await start({ ENGINE_FLAGS: '["--enable-prefix-caching"]' });
    await until(async () => (await running.ready()) === 200);
    const [started] = running.engine();
    expect(started).toMatchObject({ event: 'started', offline: '1' });
    const argv = started?.['argv'] as string[];
    expect(argv).toEqual(
      expect.arrayContaining(['serve', '--max-model-len=2048', '--served-model-name=small', '--enable-prefix-caching']),
    );
    expect(argv.join(' ')).not.toMatch(/trust/);
  });

  it.each([
    [{ MAX_MODEL_LEN: '' }, /MAX_MODEL_LEN/],
    [{ MAX_MODEL_LEN: '0' }, /MAX_MODEL_LEN/],
    [{ MODEL_DIGEST: '' }, /MODEL_DIGEST/],
    [{ SERVED_MODEL_NAME: '' }, /SERVED_MODEL_NAME/],
    [{ ENGINE_FLAGS: '["--trust-remote-code"]' }, /weights/],
    [{ ENGINE_FLAGS: '["--max-model-len=1"]' }, /of its own/],
    [{ ENGINE: 'tgi' }, /MAX_INPUT_TOKENS/],
  ])('refuses %j, says what to set, and starts nothing', async (environment, message) => {
    const refused = await start(environment);
    expect(await refused.exited).toBe(78);
    expect(messageOf(refused)).toMatch(message);
    expect(refused.engine()).toEqual([]);
  });

  it('drains: unready at once, alive until running answers have ended, then the engine is told to end', async () => {
    const running = await start({ FAKE_BUSY_SECONDS: '4', DRAIN_TIMEOUT_SECONDS: '30' });
    await until(async () => (await running.ready()) === 200);
    running.process.kill('SIGTERM');
    await until(async () => (await running.ready()) === 503);
    expect(running.engine().map(({ event }) => event)).not.toContain('terminated');
    expect(await running.exited).toBe(0);
    const ended = running.engine().find(({ event }) => event === 'terminated');
    expect(Number(ended?.['at'])).toBeGreaterThanOrEqual(4);
    expect(running.events()).toContainEqual({ event: 'drain.ended', unfinished: 0 });
  });

  it('waits no longer than it may for answers, nor for an engine that will not end', async () => {
    const running = await start({
      FAKE_BUSY_SECONDS: '600',
      FAKE_STUBBORN: '1',
      DRAIN_TIMEOUT_SECONDS: '1',
      END_TIMEOUT_SECONDS: '1',
    });
    await until(async () => (await running.ready()) === 200);
    running.process.kill('SIGTERM');
    expect(await running.exited).toBe(0);
    expect(running.events()).toContainEqual({ event: 'drain.ended', unfinished: 1 });
    expect(names(running)).toContain('engine.killed');
  });

  it('ends with the engine, so that its platform starts another', async () => {
    const running = await start({ SERVED_MODEL_NAME: 'small' });
    await until(() => running.engine().length > 0);
    execFileSync('sh', ['-c', `kill -9 $(ps -o pid= --ppid ${running.process.pid})`]);
    expect(await running.exited).not.toBe(0);
    expect(names(running)).toContain('engine.ended');
  });

  it('reports queue and tokens as metrics that CloudWatch reads out of the log', async () => {
    const running = await start({
      METRICS_SERVICE: 'plinth-dev-small',
      METRICS_SECONDS: '0.2',
      FAKE_BUSY_SECONDS: '60',
    });
    await until(() => running.events().some((line) => '_aws' in line));
    expect(running.events().find((line) => '_aws' in line)).toMatchObject({
      _aws: { CloudWatchMetrics: [{ Namespace: 'Plinth/Inference', Dimensions: [['Service']] }] },
      Service: 'plinth-dev-small',
      RequestsRunning: 1,
      RequestsWaiting: 0,
    });
  });
});

describe('weights', () => {
  it('are refused when one byte is not as promised', async () => {
    const source = join(folder, 'mounted');
    const digest = weights(source, FILES);
    writeFileSync(join(source, 'model.safetensors'), 'wrong');
    container = await startContainer(folder, {
      MODEL_SOURCE: source,
      MODEL_DIGEST: digest,
      SERVED_MODEL_NAME: 'small',
      MAX_MODEL_LEN: '2048',
    });
    expect(await container.exited).toBe(1);
    expect(messageOf(container)).toMatch(/model.safetensors is not the file/);
    expect(container.engine()).toEqual([]);
  });

  it('are refused when loading them could run code', async () => {
    const source = join(folder, 'pickled');
    const running = await start({
      MODEL_SOURCE: source,
      MODEL_DIGEST: weights(source, { 'pytorch_model.bin': 'pickle' }),
    });
    expect(await running.exited).toBe(1);
    expect(messageOf(running)).toMatch(/safetensors/);
  });

  it('come from S3 list first, each checked before it is in place, and are not fetched twice', async () => {
    const bucket = join(folder, 'bucket/llama');
    const digest = weights(bucket, FILES);
    const fromS3 = {
      MODEL_SOURCE: 's3://bucket/llama',
      MODEL_DIGEST: digest,
      PYTHONPATH: fakeBoto3(join(folder, 'python'), folder),
    };
    const first = await start(fromS3);
    await until(async () => (await first.ready()) === 200);
    const fetched = first
      .events()
      .filter(({ event }) => event === 'weights.fetched')
      .map(({ file }) => file);
    expect(fetched[0]).toBe('SHA256SUMS');
    expect(fetched.slice(1).sort()).toEqual(Object.keys(FILES));
    expect(first.engine()[0]?.['argv']).toContain(join(folder, 'models', digest));
    expect(readdirSync(join(folder, 'models', digest)).sort()).toEqual(['SHA256SUMS', ...Object.keys(FILES)].sort());
    await first.remove();

    const second = await start(fromS3);
    await until(async () => (await second.ready()) === 200);
    expect(names(second)).not.toContain('weights.fetched');
    const asked = readFileSync(join(folder, 'requests.log'), 'utf8').trim().split('\n');
    expect(asked.sort()).toEqual(['SHA256SUMS', ...Object.keys(FILES)].map((name) => `bucket llama/${name}`).sort());
  });
});

/** A boto3 whose S3 is a folder, and who writes down what it is asked for. */
function fakeBoto3(folder: string, buckets: string): string {
  mkdirSync(join(folder, 'botocore'), { recursive: true });
  writeFileSync(join(folder, 'botocore/__init__.py'), '');
  writeFileSync(join(folder, 'botocore/config.py'), 'def Config(**_): return None\n');
  writeFileSync(
    join(folder, 'boto3.py'),
    `import os, shutil
class Client:
    def download_file(self, bucket, key, to, Callback=None):
        with open(os.path.join(${JSON.stringify(buckets)}, "requests.log"), "a") as log:
            log.write(f"{bucket} {key}\\n")
        Callback(1)
        shutil.copyfile(os.path.join(${JSON.stringify(buckets)}, bucket, key), to)
def client(_service, config=None):
    return Client()
`,
  );
  return folder;
}
