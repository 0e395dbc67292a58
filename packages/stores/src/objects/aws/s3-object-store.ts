import type { GetObjectCommandOutput, HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { PlatformError } from '@plinth/contracts';
import { checkKey, checkMetadata, OBJECT_BOUNDS, tooLarge } from '../bounds.ts';
import type {
  ObjectContent,
  ObjectHead,
  ObjectStore,
  ObjectSummary,
  PutOptions,
  StoredObject,
} from '../object-store.ts';
import { TemporaryFile } from '../temporary-file.ts';
import type { S3ObjectsOptions } from './open.ts';
import { conditionContended, conditionFailed, hidden, type S3Caller } from './s3-caller.ts';

const SHA256 = 'plinth-sha256';
/** One PutObject takes at most 5 GB. Source: Amazon S3, "Uploading objects". */
const LARGEST = 5_000_000_000;

/**
 * Objects of a bucket. S3 wants to know a length before the first byte, so a stream is written to a temporary file first; that also lets a
 * failed try be repeated, and S3 hold what it got against our SHA-256.
 */
export class S3ObjectStore implements ObjectStore {
  readonly #caller: S3Caller;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #temporary: string;

  constructor(caller: S3Caller, options: Omit<S3ObjectsOptions, 'client'>) {
    this.#caller = caller;
    this.#bucket = options.bucket;
    this.#prefix = options.prefix ?? '';
    this.#temporary = options.temporaryFolder ?? tmpdir();
  }

  async put(...[key, body, options]: Parameters<ObjectStore['put']>): Promise<Awaited<ReturnType<ObjectStore['put']>>> {
    if (typeof key === 'string') checkKey(key);
    checkMetadata(options.metadata ?? {});
    const maxBytes = Math.min(options.maxBytes, LARGEST);
    const send = async (content: ObjectContent, open: () => Uint8Array | Readable) => {
      const name = typeof key === 'string' ? key : key(content);
      checkKey(name);
      return { key: name, ...content, created: await this.#send(name, content, open, options) };
    };
    if (body instanceof Uint8Array) {
      if (body.byteLength > maxBytes) throw tooLarge(maxBytes);
      const sha256 = createHash('sha256').update(body).digest('hex');
      return send({ bytes: body.byteLength, sha256 }, () => body);
    }
    const file = await TemporaryFile.create(this.#temporary);
    try {
      const content = await file.fill(body, { ...options, maxBytes });
      return await send(content, () =>
        content.bytes === 0 ? new Uint8Array(0) : file.file.createReadStream({ start: 0, autoClose: false }),
      );
    } finally {
      await file.remove();
    }
  }

  async get(...[key, options = {}]: Parameters<ObjectStore['get']>): Promise<StoredObject | undefined> {
    const { range, signal } = options;
    const input = {
      ...this.#at(key),
      ...(range !== undefined && { Range: `bytes=${range.first}-${range.last ?? ''}` }),
    };
    const answer = await this.#caller
      .run((client, call, sdk) => client.send(new sdk.GetObjectCommand(input), call), signal)
      .catch((error: unknown) => {
        if (range !== undefined && notSatisfiable(error)) return 'nothing' as const;
        return this.#unlessAbsent(key, error, signal);
      });
    if (answer === 'nothing') {
      const head = await this.head(key, { signal });
      return head && { ...head, body: Readable.from([]) };
    }
    if (answer === undefined) return undefined;
    return { ...headOf(key, answer, totalBytes(answer)), body: answer.Body as Readable };
  }

  async head(...[key, options = {}]: Parameters<ObjectStore['head']>): Promise<ObjectHead | undefined> {
    const input = this.#at(key);
    const answer = await this.#caller
      .run((client, call, sdk) => client.send(new sdk.HeadObjectCommand(input), call), options.signal)
      .catch((error: unknown) => this.#unlessAbsent(key, error, options.signal));
    return answer && headOf(key, answer, answer.ContentLength ?? 0);
  }

  async delete(...[key, options = {}]: Parameters<ObjectStore['delete']>): Promise<boolean> {
    // S3 does not say whether there was anything to delete.
    const head = await this.head(key, options);
    if (head === undefined || (options.version !== undefined && options.version !== head.version)) return false;
    const input = { ...this.#at(key), ...(options.version !== undefined && { VersionId: options.version }) };
    await this.#caller.run(
      (client, call, sdk) => client.send(new sdk.DeleteObjectCommand(input), call),
      options.signal,
    );
    return true;
  }

  async *list(...[prefix, options = {}]: Parameters<ObjectStore['list']>): AsyncIterable<readonly ObjectSummary[]> {
    const { pageSize = OBJECT_BOUNDS.pageSize, signal } = options;
    let next: string | undefined;
    do {
      const input = {
        Bucket: this.#bucket,
        Prefix: this.#prefix + prefix,
        MaxKeys: pageSize,
        ...(next !== undefined && { ContinuationToken: next }),
      };
      const page = await this.#caller.run(
        (client, call, sdk) => client.send(new sdk.ListObjectsV2Command(input), call),
        signal,
      );
      const objects = (page?.Contents ?? []).map(({ Key = '', Size = 0, LastModified }) => ({
        key: Key.slice(this.#prefix.length),
        bytes: Size,
        modifiedAt: LastModified?.getTime() ?? 0,
      }));
      if (objects.length > 0) yield objects;
      next = page?.NextContinuationToken;
    } while (next !== undefined);
  }

  /**
   * A role that may list under a prefix only is refused what is not there: S3 asks `s3:ListBucket` of it, whose condition on the prefix a read of one
   * object cannot meet. So the list is asked. Source: Amazon S3 API, GetObject and HeadObject, "Permissions".
   */
  async #unlessAbsent(key: string, error: unknown, signal: AbortSignal | undefined): Promise<undefined> {
    if (!hidden(error)) throw error;
    for await (const page of this.list(key, { pageSize: 1, signal })) {
      // In the order of bytes the key itself comes before whatever begins with it.
      if (page[0]?.key === key) throw error;
      return undefined;
    }
    return undefined;
  }

  #at(key: string): { readonly Bucket: string; readonly Key: string } {
    checkKey(key);
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }

  /** @returns False when `ifAbsent` found one there. */
  async #send(
    key: string,
    content: ObjectContent,
    open: () => Uint8Array | Readable,
    options: PutOptions,
  ): Promise<boolean> {
    const { contentType = 'application/octet-stream', metadata = {}, ifAbsent = false, signal } = options;
    const input = {
      ...this.#at(key),
      ContentLength: content.bytes,
      ContentType: contentType,
      ChecksumSHA256: Buffer.from(content.sha256, 'hex').toString('base64'),
      Metadata: { ...metadata, [SHA256]: content.sha256 },
      ...(ifAbsent && { IfNoneMatch: '*' }),
    };
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#caller.run(
          (client, call, sdk) => client.send(new sdk.PutObjectCommand({ ...input, Body: open() }), call),
          signal,
        );
        return true;
      } catch (error) {
        if (ifAbsent && conditionFailed(error)) return false;
        if (!passing(error, ifAbsent) || attempt >= 3) throw error;
      }
    }
  }
}

/** A stream cannot be sent twice by the SDK; a file can be opened again by us. */
function passing(error: unknown, ifAbsent: boolean): boolean {
  return (ifAbsent && conditionContended(error)) || (error instanceof PlatformError && error.code === 'storage_failed');
}

function notSatisfiable(error: unknown): boolean {
  return (error as { cause?: { name?: string } }).cause?.name === 'InvalidRange';
}

/** `bytes 0-9/1234` tells the size of the whole. */
function totalBytes(answer: GetObjectCommandOutput): number {
  const total = /\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1];
  return total === undefined ? (answer.ContentLength ?? 0) : Number(total);
}

function headOf(key: string, answer: HeadObjectCommandOutput | GetObjectCommandOutput, bytes: number): ObjectHead {
  const { [SHA256]: sha256, ...metadata } = answer.Metadata ?? {};
  // Objects of a bucket without versions have the version "null".
  const version = answer.VersionId === 'null' ? undefined : answer.VersionId;
  return {
    key,
    bytes,
    etag: answer.ETag ?? '',
    ...(sha256 !== undefined && { sha256 }),
    ...(version !== undefined && { version }),
    contentType: answer.ContentType ?? 'application/octet-stream',
    metadata,
    modifiedAt: answer.LastModified?.getTime() ?? 0,
  };
}
