import { createHash } from 'node:crypto';
import { PlatformError } from '@plinth/contracts';
import type { DocumentIndex, DocumentKey, DocumentRecord } from '@plinth/retrieval';
import type { ObjectStore, StoredObject } from '@plinth/stores/objects';
import { mediaTypeOf } from '../accept/media-type.ts';
import { checkDocumentId, checkGroups, checkName } from '../accept/offer-fields.ts';

export interface ReconcileParts {
  readonly objects: Pick<ObjectStore, 'get' | 'head'>;
  readonly index: Pick<DocumentIndex, 'offer' | 'forget'>;
  /** Larger documents are refused, bytes. */
  readonly maxBytes: number;
}

/** What the index was told of an object. */
export type Reconciled =
  | { readonly kind: 'offered'; readonly key: DocumentKey; readonly record: DocumentRecord }
  | { readonly kind: 'forgotten'; readonly key: DocumentKey; readonly there: boolean };

/** Object metadata that says which groups may read it, separated by commas. */
export const GROUPS_METADATA = 'plinth-groups';
const ROUNDS = 5;

/**
 * Makes the index's jobs say what the bucket does of one object, whose key is `tenant/document id`. The object as it is now decides: it is looked
 * at again after the index was told, until it is what was told. So of two invocations that race, whichever tells the index last has seen
 * that nothing came after it, and whatever comes later has an event of its own.
 */
export async function reconcileObject(key: string, parts: ReconcileParts, signal: AbortSignal): Promise<Reconciled> {
  const { objects } = parts;
  const document = documentOf(key);
  for (let round = 0; round < ROUNDS; round++) {
    const object = await objects.get(key, { signal });
    const told = await tell(document, object, parts);
    const now = await objects.head(key, { signal });
    if (now?.etag === object?.etag && now?.modifiedAt === object?.modifiedAt) return told;
  }
  throw new PlatformError('conflict', 'The object changes faster than it is read. It is looked at again shortly.');
}

async function tell(
  document: DocumentKey,
  object: StoredObject | undefined,
  { index, maxBytes }: ReconcileParts,
): Promise<Reconciled> {
  if (object === undefined) return { kind: 'forgotten', key: document, there: await index.forget(document) };
  try {
    if (object.bytes > maxBytes)
      throw new PlatformError('request_too_large', `The document is over ${maxBytes} bytes. Split it.`);
    const title = checkName(document.documentId.slice(document.documentId.lastIndexOf('/') + 1));
    const groups = checkGroups(
      (object.metadata[GROUPS_METADATA] ?? '')
        .split(',')
        .map((group) => group.trim())
        .filter(Boolean),
    );
    const { record } = await index.offer({
      ...document,
      title,
      mediaType: mediaTypeOf(object.contentType, title),
      bytes: object.bytes,
      contentHash: object.sha256 ?? (await hashOf(object.body)),
      groups,
      metadata: {},
      objectKey: object.key,
    });
    return { kind: 'offered', key: document, record };
  } finally {
    object.body.destroy();
  }
}

/** @param key `tenant/document id`. */
export function documentOf(key: string): DocumentKey {
  const slash = key.indexOf('/');
  if (slash <= 0)
    throw new PlatformError(
      'invalid_request',
      "A document's key is <tenant>/<id>, below the bucket's folder of documents.",
    );
  return { tenant: key.slice(0, slash), documentId: checkDocumentId(key.slice(slash + 1)) };
}

async function hashOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of body) hash.update(part);
  return hash.digest('hex');
}
