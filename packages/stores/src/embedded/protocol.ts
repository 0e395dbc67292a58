import type { ErrorCode } from '@plinth/contracts';

/** First element of an operation. The three of the request path have their own short forms; the rest go by name. */
export const RESERVE = 1;
export const SETTLE = 2;
export const APPEND = 3;
export const CALL = 4;

/** Empty strings stand for "no key" and "no limits": short primitives are cheapest to copy between threads. */
export type ReserveOp = readonly [
  kind: typeof RESERVE,
  now: number,
  id: string,
  tenant: string,
  keyId: string,
  tenantLimits: string,
  keyLimits: string,
  inputTokens: number,
  outputTokens: number,
  nanoUsd: number,
  ttlMs: number,
];
export type SettleOp = readonly [
  kind: typeof SETTLE,
  now: number,
  id: string,
  tenant: string,
  inputTokens: number,
  outputTokens: number,
  nanoUsd: number,
];
export type AppendOp = readonly [kind: typeof APPEND, ...bodies: string[]];
export type CallOp = readonly [kind: typeof CALL, method: string, ...args: unknown[]];
export type Operation = ReserveOp | SettleOp | AppendOp | CallOp;

/** [index in the batch, code, message] of an operation that failed alone. */
export type Failure = readonly [index: number, code: ErrorCode, message: string];

/** Either the result of every operation of the batch, or why none of it was done. */
export type BatchReply =
  | readonly [results: readonly unknown[], failures: readonly Failure[] | undefined]
  | readonly [results: undefined, code: ErrorCode, message: string];

export interface WorkerSettings {
  readonly file: string;
  /** False leaves the operating system to write when it likes: for tests and throw-away data. */
  readonly durable: boolean;
  /** A name for this file's audit chain, used when it has none yet. */
  readonly chain: string;
  /** True keeps what requests came to, to be told to a centre. */
  readonly site?: boolean;
}

/** Sent once, when the database is open or could not be opened. */
export type OpenReply = readonly [ok: true] | readonly [ok: false, code: ErrorCode, message: string];

export const CLOSE = 'close';

/** A batch on its way to the database thread. */
export type BatchMessage = string | readonly Operation[];

/**
 * As JSON where every operation is of the request path: these are primitives, and one string is several times cheaper to copy between
 * threads than a tree. What is called by name may carry `undefined`, which JSON cannot.
 */
export function encodeBatch(batch: readonly Operation[]): BatchMessage {
  return batch.some((op) => op[0] === CALL) ? batch : JSON.stringify(batch);
}

export function decodeBatch(message: BatchMessage): readonly Operation[] {
  return typeof message === 'string' ? (JSON.parse(message) as readonly Operation[]) : message;
}
