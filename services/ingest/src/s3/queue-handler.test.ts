import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { PlatformError, type AuditRecord } from '@plinth/contracts';
import { openS3Objects } from '@plinth/stores/objects/aws';
import { startLocalS3, type LocalS3 } from '@plinth/stores/testing/local-s3';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryIndex } from '../testing/memory-index.ts';
import { HashEmbedder, simpleChunks, simpleParser } from '../testing/simple-steps.ts';
import { createIngest } from '../work/ingester.ts';
import { createQueueHandler } from './queue-handler.ts';

let local: LocalS3;
let index: MemoryIndex;
let embedder: HashEmbedder;
let logged: string[];
let audited: AuditRecord[];
let handle: ReturnType<typeof createQueueHandler>;
beforeEach(async () => {
  local = await startLocalS3();
  index = new MemoryIndex(() => Date.now());
  embedder = new HashEmbedder();
  [logged, audited] = [[], []];
  const objects = openS3Objects({ ...local, prefix: 'documents/' });
  const maxBytes = 1_000;
  const ingest = createIngest({ index, objects, parser: simpleParser, chunk: simpleChunks, embedder, maxBytes });
  handle = createQueueHandler({
    bucket: local.bucket,
    prefix: 'documents/',
    objects,
    index,
    maxBytes,
    worker: { index, ingest, name: 'w', pollMs: 20 },
    audit: { append: async (records) => void audited.push(...records) },
    now: () => 5,
    log: ({ message }) => logged.push(message),
  });
});
afterEach(() => local.close());

const put = (key: string, body: string, groups = 'hr, staff') =>
  local.client.send(
    new PutObjectCommand({
      Bucket: local.bucket,
      Key: `documents/${key}`,
      Body: body,
      Metadata: { 'plinth-groups': groups },
    }),
  );
const remove = (key: string) =>
  local.client.send(new DeleteObjectCommand({ Bucket: local.bucket, Key: `documents/${key}` }));

const message = (messageId: string, ...keys: string[]) => ({
  messageId,
  body: JSON.stringify({
    Records: keys.map((key) => ({
      s3: { bucket: { name: local.bucket }, object: { key: encodeURIComponent(key).replaceAll('%20', '+') } },
    })),
  }),
});
const batch = (...messages: { messageId: string; body: string }[]) =>
  handle({ Records: messages } as unknown as SQSEvent, () => 60_000);
const found = (documentId: string) => index.find({ tenant: 'acme', documentId });

describe('a batch of S3 events', () => {
  it('has its objects indexed when it is answered, with groups from their metadata and the tenant from their key', async () => {
    await put('acme/hr/a b.txt', 'one\ntwo');
    await put('other/c.txt', 'three', 'staff');
    expect(await batch(message('1', 'documents/acme/hr/a b.txt'), message('2', 'documents/other/c.txt'))).toEqual({
      batchItemFailures: [],
    });
    expect(await found('hr/a b.txt')).toMatchObject({
      state: 'indexed',
      groups: ['hr', 'staff'],
      title: 'a b.txt',
      passages: 2,
    });
    expect(await index.find({ tenant: 'other', documentId: 'c.txt' })).toMatchObject({
      state: 'indexed',
      groups: ['staff'],
    });
  });

  it('that comes twice, late or out of order leaves the index as the bucket is', async () => {
    await put('acme/a.txt', 'first');
    await batch(message('1', 'documents/acme/a.txt'));
    await put('acme/a.txt', 'second');
    // The event of the first write comes again, after the second write: what is there counts.
    await batch(message('1', 'documents/acme/a.txt'));
    expect(await found('a.txt')).toMatchObject({ version: 2, indexedVersion: 2 });
    await batch(message('2', 'documents/acme/a.txt'), message('1', 'documents/acme/a.txt'));
    expect(await found('a.txt')).toMatchObject({ version: 2 });
    await remove('acme/a.txt');
    await batch(message('2', 'documents/acme/a.txt'));
    expect(await found('a.txt')).toBeUndefined();
    expect(await batch(message('3', 'documents/acme/a.txt'))).toEqual({ batchItemFailures: [] });
  });

  it('sees a change of the object while the index is told of it', async () => {
    await put('acme/a.txt', 'first');
    const offer = index.offer.bind(index);
    let raced = false;
    index.offer = async (...args) => {
      const answer = await offer(...args);
      if (!raced) await put('acme/a.txt', 'second, meanwhile');
      raced = true;
      return answer;
    };
    await batch(message('1', 'documents/acme/a.txt'));
    expect(index.entries.get('["acme","a.txt"]')!.indexed!.text).toBe('second, meanwhile');
  });

  it('has only the messages back that failed for now', async () => {
    await put('acme/good.txt', 'good');
    await put('acme/broken.txt', '%broken');
    await put('acme/slow.txt', 'slow');
    const embed = embedder.embed.bind(embedder);
    embedder.embed = (texts) =>
      texts.includes('slow') ? Promise.reject(new PlatformError('upstream_throttled', 'Busy.')) : embed(texts);
    const answer = await batch(
      message('good', 'documents/acme/good.txt'),
      message('broken', 'documents/acme/broken.txt'),
      message('slow', 'documents/acme/slow.txt'),
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'slow' }] });
    // What the document itself is the reason of would fail again: its reason is in the library.
    expect(await found('broken.txt')).toMatchObject({ state: 'failed', reason: 'The document cannot be read.' });
    expect(audited.map(({ action, outcome, reason }) => [action, outcome, reason]).sort()).toEqual([
      ['document.indexed', 'allowed', undefined],
      ['document.indexed', 'failed', 'invalid_request'],
    ]);
  });

  it.each([
    ['has no groups', 'acme/a.txt', 'x', ' , ', /group/],
    ['has no tenant', 'a.txt', 'x', 'hr', /<tenant>/],
    ['is too large', 'acme/a.txt', 'x'.repeat(1_001), 'hr', /over 1000 bytes/],
  ])(
    'has the message back of an object that %s, which ends in the dead-letter queue',
    async (_, key, body, groups, reason) => {
      await put(key, body, groups);
      expect(await batch(message('1', `documents/${key}`))).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
      expect(logged.join()).toMatch(reason);
      expect(index.jobs).toEqual([]);
    },
  );

  it('passes over what is not ours: other buckets, other prefixes, folders, tries', async () => {
    const other = {
      messageId: '4',
      body: JSON.stringify({ Records: [{ s3: { bucket: { name: 'other' }, object: { key: 'documents/acme/a' } } }] }),
    };
    const tried = { messageId: '5', body: '{"Event":"s3:TestEvent"}' };
    expect(await batch(message('1', 'elsewhere/acme/a.txt'), message('2', 'documents/acme/'), other, tried)).toEqual({
      batchItemFailures: [],
    });
    expect(index.jobs).toEqual([]);
  });
});
