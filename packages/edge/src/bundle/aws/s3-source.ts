import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { BUNDLE_BOUNDS, PlatformError } from '@plinth/contracts';
import { createS3Client } from '@plinth/stores/objects/aws';
import type { BundleSource } from '../bundle-source.ts';
import { BundleRefused } from '../refused.ts';
import { placeIn, placeOf, type Place } from './place.ts';

export interface S3SourceOptions {
  /** `s3://<bucket>/<prefix>/` */
  readonly uri: string;
  readonly region: string;
  /** Another endpoint that speaks the protocol. */
  readonly endpoint?: string;
  /** In place of one that is made. */
  readonly client?: S3Client;
  /** Longest a call may take until it begins to answer, milliseconds. @default 20_000 */
  readonly timeoutMs?: number;
}

/** Bundles in S3. An unchanged one costs a request and no bytes. */
export function openS3Source(options: S3SourceOptions): BundleSource {
  const { uri, region, endpoint, timeoutMs = 20_000 } = options;
  const connect = createS3Client({ region, ...(endpoint === undefined ? {} : { endpoint }) });

  const get = async (
    at: Place,
    more: { readonly IfNoneMatch?: string; readonly Range?: string },
    signal: AbortSignal,
  ): Promise<GetObjectCommandOutput> => {
    const [client, { GetObjectCommand }] = await Promise.all([options.client ?? connect(), import('./sdk.ts')]);
    // The time is for the beginning of the answer. Bytes that stop coming are for whoever reads them to notice.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutMs);
    try {
      return await client.send(new GetObjectCommand({ ...at, ...more }), {
        abortSignal: AbortSignal.any([signal, late.signal]),
      });
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    async latest(tag, { signal }) {
      try {
        const at = placeIn(uri, 'latest.json');
        const answer = await get(at, tag === undefined ? {} : { IfNoneMatch: tag }, signal);
        const envelope = await readBounded(answer);
        // A server that does not know the condition sends it all; the tag says the same.
        return answer.ETag !== undefined && answer.ETag === tag ? 'unchanged' : { envelope, tag: answer.ETag ?? '' };
      } catch (error) {
        signal.throwIfAborted();
        if (statusOf(error) === 304) return 'unchanged';
        if (isAbsent(error)) return undefined;
        throw asPlatformError(error);
      }
    },
    async open(object, { from, signal }) {
      const at = placeOf(uri, object);
      try {
        const answer = await get(at, from === 0 ? {} : { Range: `bytes=${from}-` }, signal);
        if (from > 0 && answer.ContentRange === undefined)
          throw new PlatformError('upstream_failed', 'S3 did not go on where it was asked to.');
        return answer.Body as unknown as AsyncIterable<Uint8Array>;
      } catch (error) {
        signal.throwIfAborted();
        if (isAbsent(error)) throw new PlatformError('not_found', `There is no s3://${at.Bucket}/${at.Key}.`);
        throw asPlatformError(error);
      }
    },
  };
}

async function readBounded({ Body, ContentLength }: GetObjectCommandOutput): Promise<Uint8Array> {
  const tooLarge = () =>
    new BundleRefused('over-size', `The bundle's envelope is over ${BUNDLE_BOUNDS.envelopeBytes} bytes.`);
  const body = Body as unknown as AsyncIterable<Uint8Array> & { destroy(): void };
  const parts: Uint8Array[] = [];
  let bytes = 0;
  if ((ContentLength ?? 0) > BUNDLE_BOUNDS.envelopeBytes) {
    body.destroy();
    throw tooLarge();
  }
  for await (const part of body) {
    bytes += part.byteLength;
    if (bytes > BUNDLE_BOUNDS.envelopeBytes) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

/** Whoever may not list the bucket without conditions is told 403 instead (Amazon S3 API, GetObject, "Permissions"). */
function isAbsent(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound');
}

function asPlatformError(error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  const name = error instanceof Error ? error.name : 'unknown error';
  const refused = statusOf(error) === 403;
  return new PlatformError(
    refused ? 'configuration' : 'upstream_failed',
    refused
      ? `S3 does not let this site read its bundles (${name}): there are none yet, or its role may not.`
      : `The centre's bundles could not be read (${name}).`,
    { cause: error },
  );
}
