import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { SiteView } from '@plinth/contracts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openPlinth } from '../testing/plinth.ts';
import { describeSite } from './edge-status.ts';

let plinth: Awaited<ReturnType<typeof openPlinth>>;
beforeAll(async () => {
  vi.stubEnv('PLINTH_API_KEY', 'plinth_key');
  plinth = await openPlinth();
  vi.unstubAllEnvs();
  await plinth.run('edge', 'keygen', '--out', plinth.state);
});
afterAll(() => plinth.close());

const place = () => join(plinth.state, 'bundles');
const publish = (...more: string[]) =>
  plinth.run(
    'edge',
    'publish',
    '--site',
    'lab',
    '--to',
    place(),
    '--key',
    join(plinth.state, 'bundle-key.pem'),
    ...more,
  );
const verify = (...more: string[]) =>
  plinth.run('edge', 'verify', place(), '--public-key', join(plinth.state, 'bundle-key.pub.pem'), ...more);

describe('plinth edge keygen', () => {
  it('makes a pair that nobody else reads, and puts none over another', async () => {
    const file = join(plinth.state, 'bundle-key.pem');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(join(plinth.state, 'bundle-key.pub.pem'), 'utf8')).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    const again = await plinth.run('edge', 'keygen', '--out', plinth.state);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toContain('is there already');
  });
});

describe('plinth edge publish and verify', () => {
  it('put a bundle in place that checks out, with keys of this machine and weights', async () => {
    const { stdout } = await plinth.run('keys', 'create', '--tenant', 'acme', '--principal', 'ann', '--json');
    const { key, keyId } = JSON.parse(stdout) as { key: string; keyId: string };
    await writeFile(join(plinth.state, 'small.gguf'), 'weights');
    const weights = `small=${join(plinth.state, 'small.gguf')}`;
    const published = await publish('--sequence', '5', '--keys-of', 'acme', '--weights', weights, '--json');
    expect(published.code, published.stderr).toBe(0);
    expect(JSON.parse(published.stdout)).toMatchObject({ site: 'lab', sequence: 5 });
    const checked = await verify('--site', 'lab', '--json');
    expect(JSON.parse(checked.stdout)).toMatchObject({ ok: true, sequence: 5, site: 'lab' });
    const { parts } = JSON.parse(checked.stdout) as { parts: { keys: { sha256: string } } };
    const keys = await readFile(join(place(), 'parts', `${parts.keys.sha256}.json`), 'utf8');
    expect(keys).toContain(keyId);
    expect(keys).not.toContain(key);
  });

  it('say what is wrong with a bundle, and end with 2', async () => {
    expect(await verify('--site', 'plant')).toMatchObject({
      code: 2,
      stdout: 'Not a good bundle (wrong-site): The bundle is for site "lab", not for "plant".\n',
    });
    await writeFile(join(place(), 'models/small/small.gguf'), 'weightS');
    const changed = await verify('--site', 'lab', '--json');
    expect(changed.code).toBe(2);
    expect(JSON.parse(changed.stdout)).toMatchObject({ ok: false, reason: 'tampered' });
    expect((await verify('--site', 'lab', '--no-weights')).code).toBe(0);
    await rm(place(), { recursive: true });
    expect(await verify('--site', 'lab')).toMatchObject({ code: 1, stdout: '' });
  });

  it.each([
    [['--days', '0'], '--days is a whole number'],
    [['--weights', 'small'], 'is not <model>=<file>'],
    [['--keys', 'nowhere.json'], '--keys nowhere.json cannot be read (ENOENT)'],
    [['--key', 'kms:arn:aws:kms:us-east-1:1:key/1'], '--public-key'],
  ])('refuse %j with what is wrong', async (args, message) => {
    const { code, stderr } = await publish(...args);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});

describe('plinth edge status', () => {
  const view: SiteView = {
    object: 'site',
    name: 'lab',
    mode: 'serving',
    link: { online: true, since: 0 },
    bundle: {
      sequence: 7,
      issued_at: 0,
      expires_at: 86_400,
      activated_at: 0,
      proven: true,
      unconfirmed_seconds: 120,
      stale: false,
    },
    staging: null,
    rejected: [],
    trouble: null,
    outbox: { items: 2, oldest_seconds: 60 },
    models: [],
  };

  it('asks the site, and prints what it says as JSON', async () => {
    const server = createServer((request, response) => {
      const known = request.url === '/v1/site' && request.headers.authorization === 'Bearer plinth_key';
      response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(view));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { code, stdout } = await plinth.run('edge', 'status', '--url', url, '--json');
      expect({ code, view: JSON.parse(stdout) as unknown }).toEqual({ code: 0, view });
    } finally {
      server.close();
    }
  });

  it('says it in words', () =>
    expect(describeSite(view)).toEqual([
      'Site lab is serving.',
      '  link    up since 1970-01-01T00:00:00.000Z',
      '  bundle  7 until 1970-01-02T00:00:00.000Z, last confirmed 2 min ago',
      '  outbox  2 waiting, the oldest for 1 min',
    ]));

  it('says what is wrong with it', () => {
    const bundle = { ...view.bundle!, stale: true, proven: false, unconfirmed_seconds: 720_000 };
    const rejected = [{ sequence: 8, problem: 'The model does not answer.', at: 0 }];
    const trouble = { reason: 'expired', message: 'Publish a new one.' };
    const lines = describeSite({ ...view, mode: 'restricted', bundle, rejected, trouble, staging: 9 });
    expect(lines.slice(2, 6)).toEqual([
      '  bundle  7 until 1970-01-02T00:00:00.000Z, last confirmed 200 h ago: stale, not proven yet',
      '  staging 9',
      '  gone back from 8 at 1970-01-01T00:00:00.000Z: The model does not answer.',
      '  trouble expired: Publish a new one.',
    ]);
  });
});
