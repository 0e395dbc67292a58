import type { FileObject } from '@plinth/contracts';
import type { FileRecord } from '@plinth/stores/batches';

/** A file as OpenAI tells it. */
export function fileView({ id, bytes, createdAt, filename, purpose }: FileRecord): FileObject {
  return {
    id,
    object: 'file',
    bytes,
    created_at: Math.floor(createdAt / 1_000),
    filename,
    purpose,
    status: 'processed',
  };
}
