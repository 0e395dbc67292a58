import { toOpenAIError, type BatchAnswerLine, type BatchLine, type PlatformError } from '@plinth/contracts';
import type { RecordResult, ShardCard } from '@plinth/stores/batches';
import type { RecordOutcome } from '../ports/record-engine.ts';
import type { PlacedRecord } from './shard-records.ts';

const NOTHING = { inputTokens: 0, outputTokens: 0, nanoUsd: 0 } as const;

/** Names a record whenever it is run: `batch_req_<batch>_<shard>_<place>`. */
export function recordId(shard: Pick<ShardCard, 'batchId' | 'number'>, ordinal: number): string {
  return `batch_req_${shard.batchId.replace(/^batch_/, '')}_${shard.number}_${ordinal}`;
}

/** The engine's last word on a record: a line of the output file, or of the error file where it is a refusal. */
export function answered(id: string, { ordinal, line }: PlacedRecord, outcome: RecordOutcome): RecordResult {
  const { status, body, used } = outcome;
  const response = { status_code: status, request_id: id, body };
  return { ordinal, line: written(id, line, { response, error: null }), failed: status >= 400, used };
}

/** What an engine threw: a refusal reads as one that it answered, and what it failed at to the end has no answer. */
export function failed(
  id: string,
  { ordinal, line }: PlacedRecord,
  error: PlatformError,
  refused: boolean,
): RecordResult {
  const text = refused
    ? written(id, line, {
        response: { status_code: error.status, request_id: id, body: toOpenAIError(error, id) },
        error: null,
      })
    : notRun(id, line, error);
  return { ordinal, line: text, failed: true, used: NOTHING };
}

/** A line of the error file for a record without an answer. */
export function notRun(
  id: string,
  line: BatchLine,
  error: { readonly code: string; readonly message: string },
): string {
  return written(id, line, { response: null, error: { code: error.code, message: error.message } });
}

function written(id: string, line: BatchLine, rest: Pick<BatchAnswerLine, 'response' | 'error'>): string {
  return JSON.stringify({ id, custom_id: line.custom_id, ...rest } satisfies BatchAnswerLine);
}
