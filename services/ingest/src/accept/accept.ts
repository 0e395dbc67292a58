import type { DocumentIndex, DocumentRecord } from '@plinth/retrieval';
import type { ObjectContent, ObjectStore } from '@plinth/stores/objects';
import { DOCUMENT_BOUNDS } from '../bounds.ts';
import { mediaTypeOf } from './media-type.ts';
import { checkDocumentId, checkGroups, checkMetadata, checkName } from './offer-fields.ts';

/** What is told of a document beside its bytes. */
export interface DocumentFields {
  readonly tenant: string;
  readonly documentId: string;
  /** File name: for its extension, and the title until the document tells its own. */
  readonly name: string;
  readonly mediaType?: string;
  readonly uri?: string;
  readonly groups: readonly string[];
  readonly metadata?: unknown;
}

/** Bytes that are in the object store, durably. */
export interface KeptObject extends ObjectContent {
  readonly key: string;
}

export interface Accepted {
  readonly record: DocumentRecord;
  /** The very same document was there before. */
  readonly unchanged: boolean;
}

export interface AcceptorParts {
  readonly index: Pick<DocumentIndex, 'offer'>;
  readonly objects: Pick<ObjectStore, 'put'>;
  /** @default DOCUMENT_BOUNDS.bytes */
  readonly maxBytes?: number;
  /** Told of every new job. */
  readonly wake?: () => void;
}

/** Who sends, and until when it matters. */
export interface SenderOptions {
  /** Groups of the sender: the document may be opened to these only, and one that is there must share one of them. Absent for the platform itself. */
  readonly own?: readonly string[];
}

/**
 * Takes documents: the bytes are durable first, then the job, and only then a document is acknowledged. Objects are named by their content,
 * `tenant/sha256`, so that what is sent twice is stored once. One whose offer did not come through stays behind until `sweepObjects` finds that
 * nothing needs it.
 */
export class Acceptor {
  readonly #parts: AcceptorParts;

  constructor(parts: AcceptorParts) {
    this.#parts = parts;
  }

  get maxBytes(): number {
    return this.#parts.maxBytes ?? DOCUMENT_BOUNDS.bytes;
  }

  /** Both steps, the fields checked before a byte is read. */
  async accept(
    fields: DocumentFields & { readonly body: Uint8Array | AsyncIterable<Uint8Array> },
    options: SenderOptions & { readonly signal: AbortSignal },
  ): Promise<Accepted> {
    const { body, ...rest } = fields;
    checkFields(rest, options);
    return this.offer(rest, await this.keep(fields.tenant, body, options), options);
  }

  /** Throws `request_too_large`, and keeps nothing, past the bound. */
  async keep(
    tenant: string,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    options: { readonly signal: AbortSignal },
  ): Promise<KeptObject> {
    // Written anew even where it is already: a sweep that has found it old and unneeded then leaves it alone.
    return this.#parts.objects.put((content) => `${tenant}/${content.sha256}`, body, {
      maxBytes: this.maxBytes,
      signal: options.signal,
    });
  }

  async offer(fields: DocumentFields, kept: KeptObject, options: SenderOptions): Promise<Accepted> {
    const { tenant, uri } = fields;
    const { documentId, title, mediaType, groups, metadata } = checkFields(fields, options);
    const { key: objectKey, bytes, sha256: contentHash } = kept;
    const accepted = await this.#parts.index.offer(
      { tenant, documentId, title, uri, mediaType, bytes, contentHash, groups, metadata, objectKey },
      options.own === undefined ? {} : { holding: options.own },
    );
    this.#parts.wake?.();
    return accepted;
  }
}

function checkFields(fields: DocumentFields, { own }: SenderOptions) {
  const title = checkName(fields.name);
  return {
    documentId: checkDocumentId(fields.documentId),
    title,
    mediaType: mediaTypeOf(fields.mediaType, title),
    groups: checkGroups(fields.groups, own),
    metadata: checkMetadata(fields.metadata),
  };
}
