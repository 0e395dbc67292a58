import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalS3, type LocalS3 } from '../../testing/local-s3.ts';
import { objectStoreContract } from '../../testing/object-store-contract.ts';
import { openS3Objects } from './open.ts';

objectStoreContract(
  'S3',
  async () => {
    const local = await startLocalS3();
    return { objects: openS3Objects({ ...local, prefix: 'documents/' }), close: () => local.close() };
  },
  { createsIfAbsent: false, hasVersions: false },
);

describe('a bucket', () => {
  let local: LocalS3;
  beforeAll(async () => {
    local = await startLocalS3();
  });
  afterAll(() => local.close());

  it('holds what others put, whose hash is not known', async () => {
    const { client, bucket } = local;
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'documents/t/a.txt', Body: 'hello' }));
    const head = await openS3Objects({ client, bucket, prefix: 'documents/' }).head('t/a.txt');
    expect(head).toMatchObject({ key: 't/a.txt', bytes: 5, metadata: {} });
    expect(head!.sha256).toBeUndefined();
  });

  it.each([
    ['absent', [], undefined],
    ['absent beside a longer key', ['t/a.txt2'], undefined],
    ['refused', ['t/a.txt', 't/a.txt2'], 'configuration'],
  ])('that may be listed under a prefix only tells an object that is %s', async (_, listed, code) => {
    const contents = listed.map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`).join('');
    const client = answering(({ query }) =>
      'list-type' in query
        ? [200, `<ListBucketResult><KeyCount>${listed.length}</KeyCount>${contents}</ListBucketResult>`]
        : [403, '<Error><Code>AccessDenied</Code><Message>no</Message></Error>'],
    );
    const objects = openS3Objects({ client, bucket: 'b' });
    for (const read of [objects.head('t/a.txt'), objects.get('t/a.txt')])
      if (code === undefined) expect(await read).toBeUndefined();
      else await expect(read).rejects.toMatchObject({ code });
  });

  it.each([
    [404, 'NoSuchBucket', 'configuration'],
    [403, 'AccessDenied', 'configuration'],
    [503, 'SlowDown', 'overloaded'],
    [500, 'InternalError', 'storage_failed'],
  ])('that answers %i %s is told as ours', async (status, name, code) => {
    const client = failing(status, name);
    await expect(
      openS3Objects({ client, bucket: 'b' }).put('t/a', Buffer.from('x'), { maxBytes: 10 }),
    ).rejects.toMatchObject({ code });
  });

  it.each([
    ['was there before', 412, 'PreconditionFailed', false],
    ['was made at the same time', 409, 'ConditionalRequestConflict', undefined],
  ])('is told of an object that %s', async (_, status, name, created) => {
    const put = openS3Objects({ client: failing(status, name), bucket: 'b' }).put('t/a', Buffer.from('x'), {
      maxBytes: 10,
      ifAbsent: true,
    });
    if (created === undefined) await expect(put).rejects.toMatchObject({ code: 'storage_failed' });
    else expect(await put).toMatchObject({ created });
  });
});

/** A client whose every request is answered with one error. */
function failing(status: number, name: string): S3Client {
  return answering(() => [status, `<Error><Code>${name}</Code><Message>no</Message></Error>`]);
}

function answering(answer: (request: { query: Record<string, unknown> }) => [status: number, xml: string]): S3Client {
  return new S3Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: {
      handle: (request: { query: Record<string, unknown> }) => {
        const [statusCode, xml] = answer(request);
        const body = new TextEncoder().encode(xml);
        return Promise.resolve({ response: { statusCode, headers: { 'content-type': 'application/xml' }, body } });
      },
    } as never,
  });
}
