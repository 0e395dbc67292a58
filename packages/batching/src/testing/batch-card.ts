import type { BatchRecord } from '@plinth/stores/batches';

/** A batch that is cut and may be run, created at `createdAt` with a day to its deadline. */
export function runnableBatch(
  card: Pick<BatchRecord, 'id' | 'tenant' | 'createdAt' | 'total' | 'shards'> & Partial<BatchRecord>,
): BatchRecord {
  return {
    principal: 'ann',
    identity: '{}',
    request: { input_file_id: 'file-1', endpoint: '/v1/chat/completions', completion_window: '24h' },
    status: 'in_progress',
    entered: {},
    expiresAt: card.createdAt + 86_400_000,
    startAfter: undefined,
    engine: undefined,
    reasons: [],
    reservation: undefined,
    errors: [],
    outputFileId: undefined,
    errorFileId: undefined,
    used: undefined,
    revision: 0,
    ...card,
  };
}
