import { createReadStream } from 'node:fs';
import type { S3Client } from '@aws-sdk/client-s3';
import { PlatformError } from '@plinth/contracts';
import { createS3Client } from '@plinth/stores/objects/aws';
import type { BundleSink } from '../publish-bundle.ts';
import { placeIn, placeOf, type Place } from './place.ts';
import type { S3SourceOptions } from './s3-source.ts';

/** One PutObject takes at most 5 GB (Amazon S3 user guide, "Uploading objects"). */
const LARGEST = 5_000_000_000;
const TIMEOUT_MS = 30_000;
/** Longest the bytes of a file may take: a gigabyte at half a megabyte a second. */
const FILE_TIMEOUT_MS = 2_000_000;

/** Bundles into S3, by a role that may write and need not read. */
export function openS3Sink(options: Omit<S3SourceOptions, 'timeoutMs'>): BundleSink {
  const { uri, region, endpoint } = options;
  const connect = createS3Client({ region, ...(endpoint === undefined ? {} : { endpoint }) });
  const send = async (
    at: Place,
    content: { Body: Buffer | ReturnType<typeof createReadStream>; ContentLength: number; ChecksumSHA256?: string },
    timeoutMs: number,
  ) => {
    const { PutObjectCommand } = await import('./sdk.ts');
    const client: S3Client = options.client ?? (await connect());
    const ContentType = at.Key.endsWith('.json') ? 'application/json' : 'application/octet-stream';
    const abortSignal = AbortSignal.timeout(timeoutMs);
    await client
      .send(new PutObjectCommand({ ...at, ...content, ContentType }), { abortSignal })
      .catch((cause: unknown) => {
        const name = cause instanceof Error ? cause.name : 'unknown error';
        throw new PlatformError('storage_failed', `s3://${at.Bucket}/${at.Key} could not be written (${name}).`, {
          cause,
        });
      });
  };
  return {
    put: (path, content) => send(placeIn(uri, path), { Body: content, ContentLength: content.byteLength }, TIMEOUT_MS),
    async putFile(object, from, { sha256, bytes }) {
      if (bytes > LARGEST)
        throw new PlatformError('configuration', `${object.path} is over 5 GB: put it in place yourself, in parts.`);
      const ChecksumSHA256 = Buffer.from(sha256, 'hex').toString('base64');
      await send(
        placeOf(uri, object),
        { Body: createReadStream(from), ContentLength: bytes, ChecksumSHA256 },
        FILE_TIMEOUT_MS,
      );
    },
  };
}
