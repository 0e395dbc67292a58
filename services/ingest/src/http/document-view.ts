import type { DocumentRecord } from '@plinth/retrieval';

/** A document as the API shows it. Times are seconds, as OpenAI's are. */
export function documentView(record: DocumentRecord): object {
  return {
    id: record.documentId,
    object: 'document',
    version: record.version,
    indexed_version: record.indexedVersion ?? null,
    state: record.state,
    reason: record.reason ?? null,
    progress: record.progress ?? null,
    title: record.title,
    uri: record.uri ?? null,
    media_type: record.mediaType,
    bytes: record.bytes,
    content_hash: record.contentHash,
    groups: record.groups,
    metadata: record.metadata,
    pages: record.pages ?? null,
    passages: record.passages,
    created_at: Math.floor(record.createdAt / 1_000),
    updated_at: Math.floor(record.updatedAt / 1_000),
  };
}
