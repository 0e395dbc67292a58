import type { DocumentOffer, DocumentRecord, IngestJob } from '../ports/document-index.ts';

/** Columns of `documents` that a record is made of. */
export const RECORD_COLUMNS = `tenant, document_id, version, indexed_version, state, reason, progress, title, uri, media_type, bytes, content_hash,
  groups, metadata, pages, passages, created_at, updated_at`;

export interface DocumentRow extends Record<string, unknown> {
  tenant: string;
  document_id: string;
  version: number;
  indexed_version: number | null;
  state: DocumentRecord['state'];
  reason: string | null;
  progress: DocumentRecord['progress'] | null;
  title: string;
  uri: string | null;
  media_type: string;
  bytes: string;
  content_hash: string;
  groups: string[];
  metadata: Record<string, unknown>;
  pages: number | null;
  passages: number;
  created_at: Date;
  updated_at: Date;
}

export function recordFrom(row: DocumentRow): DocumentRecord {
  return {
    tenant: row.tenant,
    documentId: row.document_id,
    version: row.version,
    ...(row.indexed_version !== null && { indexedVersion: row.indexed_version }),
    state: row.state,
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.progress && { progress: row.progress }),
    title: row.title,
    ...(row.uri !== null && { uri: row.uri }),
    mediaType: row.media_type,
    bytes: Number(row.bytes),
    contentHash: row.content_hash,
    groups: row.groups,
    metadata: row.metadata,
    ...(row.pages !== null && { pages: row.pages }),
    passages: row.passages,
    createdAt: row.created_at.getTime(),
    updatedAt: row.updated_at.getTime(),
  };
}

export const JOB_COLUMNS = 'id, tenant, document_id, version, kind, attempt, fence, offer';

export interface JobRow extends Record<string, unknown> {
  id: string;
  tenant: string;
  document_id: string;
  version: number;
  kind: 'put' | 'delete';
  attempt: number;
  fence: string;
  offer: Omit<DocumentOffer, 'tenant' | 'documentId'>;
}

export function jobFrom(row: JobRow): IngestJob {
  return {
    ...row.offer,
    jobId: row.id,
    tenant: row.tenant,
    documentId: row.document_id,
    version: row.version,
    kind: row.kind,
    attempt: row.attempt,
    fence: Number(row.fence),
  };
}
