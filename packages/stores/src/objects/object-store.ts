import type { Readable } from 'node:stream';

/** What was written, known once the last byte of it is. */
export interface ObjectContent {
  readonly bytes: number;
  /** Hex SHA-256 of the bytes. */
  readonly sha256: string;
}

/** An object without its bytes. */
export interface ObjectHead {
  readonly key: string;
  readonly bytes: number;
  /** Another one whenever the bytes are others. */
  readonly etag: string;
  /** Absent of objects that were not put through this port. */
  readonly sha256?: string;
  /** Of this very write: the same bytes put again have another. Absent where the store does not tell writes apart (a bucket without versions). */
  readonly version?: string;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** `body` must be read to its end or destroyed: it holds a file or a connection open. */
export interface StoredObject extends ObjectHead {
  readonly body: Readable;
}

export interface ObjectSummary {
  readonly key: string;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

export interface PutOptions {
  /** @default 'application/octet-stream' */
  readonly contentType?: string;
  /** Names of lower-case letters, digits and `-`, values in printable ASCII, 1,500 characters in all. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** More bytes than this are refused with `request_too_large`, and nothing is stored. */
  readonly maxBytes: number;
  /** Leaves an object that is there as it is. @default false */
  readonly ifAbsent?: boolean;
  readonly signal?: AbortSignal;
}

/** First and last byte, from 0, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last?: number;
}

/**
 * Whole files by key, replaced as a whole: a reader sees the old bytes or the new ones. Keys are 1 to 900 bytes of segments
 * between slashes. Throws `storage_failed` (retryable) where the store does not answer, `invalid_request` for a key it does not take.
 */
export interface ObjectStore {
  /**
   * Durable when it resolves. `created` is false when `ifAbsent` found one there. A key may be made of the content: whoever addresses by hash
   * need not have read the stream before.
   */
  put(
    key: string | ((content: ObjectContent) => string),
    body: Uint8Array | AsyncIterable<Uint8Array>,
    options: PutOptions,
  ): Promise<ObjectContent & { readonly key: string; readonly created: boolean }>;
  get(
    key: string,
    options?: { readonly range?: ByteRange; readonly signal?: AbortSignal },
  ): Promise<StoredObject | undefined>;
  head(key: string, options?: { readonly signal?: AbortSignal }): Promise<ObjectHead | undefined>;
  /** False when there was none, or when `version` is given and that is not what is there any more. */
  delete(key: string, options?: { readonly version?: string; readonly signal?: AbortSignal }): Promise<boolean>;
  /** Pages of at most `pageSize` (1,000), in no promised order. What comes and goes meanwhile may be in it or not. */
  list(
    prefix: string,
    options?: { readonly pageSize?: number; readonly signal?: AbortSignal },
  ): AsyncIterable<readonly ObjectSummary[]>;
}
