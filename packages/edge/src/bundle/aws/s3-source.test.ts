import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { startLocalS3, type LocalS3 } from '@plinth/stores/testing/local-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BundleAuthor, NOON, someContents } from '../../testing/bundle-author.ts';
import { inspectBundle } from '../inspect-bundle.ts';
import { publishBundle } from '../publish-bundle.ts';
import { openS3Sink } from './s3-sink.ts';
import { openS3Source } from './s3-source.ts';

const author = new BundleAuthor();
const { signal } = new AbortController();
const WEIGHTS = 'weights '.repeat(1_000);
const model = (from?: string) => ({
  name: 'small',
  ...(from === undefined ? {} : { from }),
  files: [
    { path: 'a.gguf', sha256: createHash('sha256').update(WEIGHTS).digest('hex'), bytes: Buffer.byteLength(WEIGHTS) },
  ],
});

let s3: LocalS3;
let folder: string;
beforeAll(async () => {
  s3 = await startLocalS3();
  folder = await mkdtemp(join(tmpdir(), 'plinth-weights-'));
  await writeFile(join(folder, 'a.gguf'), WEIGHTS);
});
afterAll(async () => {
  await s3.close();
  await rm(folder, { recursive: true });
});

async function text(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe('bundles in S3', () => {
  const at = (site: string) => ({ uri: `s3://${s3.bucket}/sites/${site}/`, region: 'us-east-1', client: s3.client });

  it('are none until one is published', async () =>
    expect(await openS3Source(at('none')).latest(undefined, { signal })).toBeUndefined());

  it.each([['beside the bundle'], ['where their model says']])(
    'are found as they were published, weights %s included',
    async (where) => {
      const site = where === 'beside the bundle' ? 'near' : 'far';
      const bundled = model(site === 'near' ? undefined : `s3://${s3.bucket}/models/small/`);
      const composed = await author.compose({ contents: someContents({ models: { weights: [bundled] } }) });
      const local = [{ model: bundled, files: { 'a.gguf': join(folder, 'a.gguf') } }];
      await publishBundle(composed, openS3Sink(at(site)), local);
      const source = openS3Source(at(site));
      const options = { source, key: author.key, site: 'lab', now: NOON, weights: true, signal };
      const { statement } = await inspectBundle(options);
      expect(statement).toEqual(composed.statement);
      const rest = await source.open({ kind: 'weights', model: bundled, path: 'a.gguf' }, { from: 7_996, signal });
      expect(await text(rest)).toBe('hts ');
    },
  );

  it('are unchanged while their tag is', async () => {
    await publishBundle(await author.compose(), openS3Sink(at('same')));
    const source = openS3Source(at('same'));
    const first = await source.latest(undefined, { signal });
    if (first === undefined || first === 'unchanged') throw new Error('There is one.');
    expect(await source.latest(first.tag, { signal })).toBe('unchanged');
    await publishBundle(await author.compose({ sequence: 2 }), openS3Sink(at('same')));
    expect(await source.latest(first.tag, { signal })).not.toBe('unchanged');
  });

  it('tell what is not there', async () =>
    expect(
      openS3Source(at('none')).open({ kind: 'part', sha256: 'a'.repeat(64) }, { from: 0, signal }),
    ).rejects.toMatchObject({ code: 'not_found' }));
});

describe('a server that answers', () => {
  const closers: (() => void)[] = [];
  afterEach(() => closers.splice(0).forEach((close) => close()));

  async function answering(answer: (request: IncomingMessage, response: ServerResponse) => void) {
    const server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = new S3Client({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    closers.push(() => {
      client.destroy();
      server.closeAllConnections();
      server.close();
    });
    return openS3Source({ uri: 's3://bundles/sites/lab/', region: 'us-east-1', client, timeoutMs: 200 });
  }

  it('304 to the tag it was asked with, costs no bytes', async () => {
    const asked: (string | undefined)[] = [];
    const source = await answering((request, response) => {
      asked.push(`${request.url?.split('?')[0]} ${request.headers['if-none-match']}`);
      response.writeHead(304).end();
    });
    expect(await source.latest('"one"', { signal })).toBe('unchanged');
    expect(asked).toEqual(['/bundles/sites/lab/latest.json "one"']);
  });

  it('more than an envelope may be, is not read to the end', async () => {
    const source = await answering((_, response) => void response.writeHead(200).end(Buffer.alloc(1_000_000)));
    await expect(source.latest(undefined, { signal })).rejects.toMatchObject({ reason: 'over-size' });
  });

  it.each([
    [403, 'AccessDenied', 'configuration', false],
    [500, 'InternalError', 'upstream_failed', true],
  ])('%i %s is told as ours', async (status, name, code, retryable) => {
    const source = await answering((_, response) =>
      response.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${name}</Code></Error>`),
    );
    await expect(source.latest(undefined, { signal })).rejects.toMatchObject({ code, retryable });
  });

  it('nothing, is given up', async () => {
    const source = await answering(() => undefined);
    await expect(source.latest(undefined, { signal })).rejects.toMatchObject({ code: 'upstream_failed' });
  });
});
