import type { BatchCreate, BatchStatus } from '@plinth/contracts';
import { callJson } from '../endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { isRecord, list, numberOf, textOf, textsOf } from '../json.ts';
import { ApiError, localProblem } from '../problem.ts';

/** What is wrong with the input file, and where. */
export interface InputError {
  code: string;
  message: string;
  /** Line of the file, from 1; undefined where it is about the whole of it. */
  line: number | undefined;
}

/** A batch as the page shows it. Times in epoch milliseconds, money in US dollars. */
export interface Batch {
  id: string;
  status: BatchStatus;
  /** What whoever made it calls it. */
  name: string | undefined;
  endpoint: string;
  inputFileId: string;
  outputFileId: string | undefined;
  errorFileId: string | undefined;
  createdAt: number;
  /** Its deadline. */
  expiresAt: number | undefined;
  /** When it came into each state it has been in. */
  entered: Readonly<Partial<Record<BatchStatus, number>>>;
  /** Requests; a total of 0 is not known yet. */
  counts: { total: number; completed: number; failed: number };
  errors: readonly InputError[];
  engine: string | undefined;
  reasons: readonly string[];
  /** The most it can cost. */
  quoteUsd: number | undefined;
  costUsd: number | undefined;
  inputTokens: number;
  outputTokens: number;
  /** Requests a second, of late. */
  rate: number | undefined;
  estimatedEndAt: number | undefined;
}

export interface BatchPage {
  batches: readonly Batch[];
  /** Where the next page starts; undefined on the last. */
  next: string | undefined;
}

const STATES = [
  'validating',
  'in_progress',
  'finalizing',
  'cancelling',
  'completed',
  'failed',
  'expired',
  'cancelled',
] as const satisfies BatchStatus[];

/** Whether it has come to its end: nothing leaves these states. */
export function hasEnded({ status }: Pick<Batch, 'status'>): boolean {
  return status === 'completed' || status === 'failed' || status === 'expired' || status === 'cancelled';
}

/** A page of batches, newest first; undefined where this platform runs none. */
export async function listBatches(
  endpoint: Endpoint,
  key: string,
  { after, limit, signal }: { after: string | undefined; limit: number; signal?: AbortSignal },
): Promise<BatchPage | undefined> {
  const query = new URLSearchParams({ limit: String(limit), ...(after === undefined ? {} : { after }) });
  let body: unknown;
  try {
    body = await callJson(endpoint, `/v1/batches?${query}`, { key, signal });
  } catch (error) {
    if (error instanceof ApiError && error.problem.code === 'not_found') return undefined;
    throw error;
  }
  const entries = list(body);
  if (entries === undefined || !isRecord(body)) throw new ApiError(localProblem('unreadable'));
  const last = textOf(body.last_id);
  return { batches: entries.flatMap(readBatch), next: body.has_more === true && last !== '' ? last : undefined };
}

export async function getBatch(endpoint: Endpoint, key: string, id: string, signal?: AbortSignal): Promise<Batch> {
  return one(await callJson(endpoint, batchPath(id), { key, signal }));
}

export async function createBatch(
  endpoint: Endpoint,
  key: string,
  request: BatchCreate,
  signal: AbortSignal,
): Promise<Batch> {
  return one(await callJson(endpoint, '/v1/batches', { method: 'POST', key, body: request, signal }));
}

export async function cancelBatch(endpoint: Endpoint, key: string, id: string): Promise<Batch> {
  return one(await callJson(endpoint, batchPath(id, '/cancel'), { method: 'POST', key }));
}

function batchPath(id: string, rest = ''): string {
  return `/v1/batches/${encodeURIComponent(id)}${rest}`;
}

function one(body: unknown): Batch {
  const [batch] = readBatch(body);
  if (batch === undefined) throw new ApiError(localProblem('unreadable'));
  return batch;
}

function readBatch(value: unknown): Batch[] {
  if (!isRecord(value) || typeof value.id !== 'string') return [];
  const status = STATES.find((state) => state === value.status);
  if (status === undefined) return [];
  const counts = isRecord(value.request_counts) ? value.request_counts : {};
  const ours = isRecord(value.plinth) ? value.plinth : {};
  const createdAt = moment(value.created_at) ?? 0;
  const entered: Partial<Record<BatchStatus, number>> = { validating: createdAt };
  for (const state of STATES) entered[state] ??= moment(value[`${state}_at`]);
  return [
    {
      id: value.id,
      status,
      name: isRecord(value.metadata) ? textOf(value.metadata.name).trim() || undefined : undefined,
      endpoint: textOf(value.endpoint),
      inputFileId: textOf(value.input_file_id),
      outputFileId: textOf(value.output_file_id) || undefined,
      errorFileId: textOf(value.error_file_id) || undefined,
      createdAt,
      expiresAt: moment(value.expires_at),
      entered,
      counts: {
        total: numberOf(counts.total) ?? 0,
        completed: numberOf(counts.completed) ?? 0,
        failed: numberOf(counts.failed) ?? 0,
      },
      errors: (list(value.errors) ?? []).flatMap(readError),
      engine: textOf(ours.engine) || undefined,
      reasons: textsOf(ours.reasons),
      quoteUsd: numberOf(ours.quote_usd),
      costUsd: numberOf(ours.cost_usd),
      inputTokens: numberOf(ours.input_tokens) ?? 0,
      outputTokens: numberOf(ours.output_tokens) ?? 0,
      rate: numberOf(ours.rate),
      estimatedEndAt: moment(ours.estimated_end_at),
    },
  ];
}

function readError(value: unknown): InputError[] {
  if (!isRecord(value)) return [];
  return [{ code: textOf(value.code), message: textOf(value.message), line: numberOf(value.line) }];
}

/** Seconds since the epoch as milliseconds. */
function moment(value: unknown): number | undefined {
  const seconds = numberOf(value);
  return seconds === undefined ? undefined : seconds * 1_000;
}
