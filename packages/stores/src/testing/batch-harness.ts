import type { BatchRecord, BatchStore, FileRecord, Lease, RecordResult, ShardCard } from '../batches/batch-store.ts';
import { fresh, MIDDAY } from './ledger-harness.ts';

export interface BatchHarness {
  readonly store: BatchStore;
  /** Another opener of the same data, as another process is. */
  another(): Promise<BatchStore>;
  close(): Promise<void>;
}

export const aFile = (more: Partial<FileRecord> = {}): FileRecord => ({
  id: fresh('file'),
  tenant: 'acme',
  principal: 'user:ann',
  filename: 'in.jsonl',
  purpose: 'batch',
  bytes: 1_234,
  sha256: 'ab'.repeat(32),
  key: 'files/acme/x',
  createdAt: MIDDAY,
  expiresAt: undefined,
  ...more,
});

export const aBatch = (more: Partial<BatchRecord> = {}): BatchRecord => ({
  id: fresh('batch'),
  tenant: 'acme',
  principal: 'user:ann',
  identity: '{"tenant":"acme"}',
  request: { input_file_id: 'file-1', endpoint: '/v1/chat/completions', completion_window: '24h' },
  status: 'validating',
  createdAt: MIDDAY,
  entered: { validating: MIDDAY },
  expiresAt: MIDDAY + 86_400_000,
  startAfter: undefined,
  engine: undefined,
  reasons: ['the local model is there'],
  reservation: undefined,
  total: 0,
  shards: 0,
  errors: [],
  outputFileId: undefined,
  errorFileId: undefined,
  used: undefined,
  revision: 0,
  ...more,
});

export const aShard = (batchId: string, number = 0, records = 100): ShardCard => ({
  batchId,
  number,
  records,
  key: `shards/${batchId}/${number}`,
});

export const aResult = (ordinal: number, more: Partial<RecordResult> = {}): RecordResult => ({
  ordinal,
  line: `{"custom_id":"r${ordinal}"}`,
  failed: false,
  used: { inputTokens: 1, outputTokens: 2, nanoUsd: 3 },
  ...more,
});

/** Takes a shard as it stands now, whoever has it. */
export async function takeNow(store: BatchStore, batchId: string, number = 0, holder = 'worker'): Promise<Lease> {
  const seen = (await store.openShards(batchId, 1_000)).find((shard) => shard.number === number);
  const lease = seen && (await store.take(seen, holder));
  if (!lease) throw new Error(`shard ${number} could not be taken`);
  return lease;
}

export async function resultsOf(store: BatchStore, batchId: string, number = 0): Promise<RecordResult[]> {
  const results: RecordResult[] = [];
  for await (const page of store.results({ batchId, number })) results.push(...page);
  return results;
}
