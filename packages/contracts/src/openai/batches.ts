import { filledText, text } from '../bounds.ts';
import * as z from '../zod.ts';

/** Routes a batch may call. */
export const BatchEndpoint = z.enum(['/v1/chat/completions', '/v1/embeddings']);
export type BatchEndpoint = z.infer<typeof BatchEndpoint>;

/** From the first to one of the last four; nothing leaves those. */
export const BatchStatus = z.enum([
  'validating',
  'in_progress',
  'finalizing',
  'cancelling',
  'completed',
  'failed',
  'expired',
  'cancelled',
]);
export type BatchStatus = z.infer<typeof BatchStatus>;
export const ENDED: ReadonlySet<BatchStatus> = new Set(['completed', 'failed', 'expired', 'cancelled']);

const HOUR_MS = 3_600_000;
const LONGEST_WINDOW_MS = 30 * 24 * HOUR_MS;

/** OpenAI knows `24h` alone; hours or days up to thirty days are taken here. It is the deadline. */
const CompletionWindow = z.string().check(
  z.regex(/^([1-9]\d{0,2})(h|d)$/, 'is hours or days, such as 24h or 7d'),
  z.refine((window) => completionWindowMs(window) <= LONGEST_WINDOW_MS, 'is at most 30d'),
);

/** @param window As a batch names it. */
export function completionWindowMs(window: string): number {
  return Number(window.slice(0, -1)) * (window.endsWith('d') ? 24 : 1) * HOUR_MS;
}

export const BatchMetadata = z
  .record(filledText(64), text(512))
  .check(z.refine((value) => Object.keys(value).length <= 16, 'has at most 16 entries'));

/** How a batch is to be run, beyond what OpenAI knows. */
export const BatchOptions = z.strictObject({
  /** Engine to use. @default the planner chooses */
  engine: z.optional(filledText(32)),
  /** Waits for the off-peak window, unless the deadline comes first. @default true */
  off_peak: z.optional(z.boolean()),
  /**
   * Takes a smaller model of the same family in place of the one that is named, where the catalog records what it loses: the most a mean
   * quality may fall, from 0 to 1. @default 0: never
   */
  quality_loss: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
  /** Told by POST when the batch has ended. */
  webhook: z.optional(z.url({ protocol: /^https?$/ })),
});
export type BatchOptions = z.infer<typeof BatchOptions>;

/** POST /v1/batches. */
export const BatchCreate = z.object({
  input_file_id: filledText(64),
  endpoint: BatchEndpoint,
  completion_window: CompletionWindow,
  metadata: z.optional(z.nullable(BatchMetadata)),
  /** Ours. */
  plinth: z.optional(BatchOptions),
});
export type BatchCreate = z.infer<typeof BatchCreate>;

/** What is wrong with an input file, and where. */
export const BatchError = z.object({
  code: filledText(64),
  message: text(1_000),
  /** Line of the input file, from 1. */
  line: z.nullable(z.int()),
  param: z.nullable(z.string()),
});
export type BatchError = z.infer<typeof BatchError>;

export const RequestCounts = z.object({ total: z.int(), completed: z.int(), failed: z.int() });
export type RequestCounts = z.infer<typeof RequestCounts>;

const instant = z.nullable(z.int());

/** A batch as `/v1/batches` tells it. Times in seconds since the epoch. */
export const BatchObject = z.object({
  id: filledText(64),
  object: z.literal('batch'),
  endpoint: BatchEndpoint,
  errors: z.nullable(z.object({ object: z.literal('list'), data: z.array(BatchError) })),
  input_file_id: z.string(),
  completion_window: z.string(),
  status: BatchStatus,
  output_file_id: z.nullable(z.string()),
  error_file_id: z.nullable(z.string()),
  created_at: z.int(),
  in_progress_at: instant,
  expires_at: instant,
  finalizing_at: instant,
  completed_at: instant,
  failed_at: instant,
  expired_at: instant,
  cancelling_at: instant,
  cancelled_at: instant,
  request_counts: RequestCounts,
  metadata: z.nullable(BatchMetadata),
  /** Ours: what was chosen and why, what it was quoted at and has cost, how fast it goes. */
  plinth: z.optional(
    z.object({
      engine: z.nullable(z.string()),
      /** In words: why this engine, and what waits for what. */
      reasons: z.array(z.string()),
      /** Most it can cost, US dollars. */
      quote_usd: z.nullable(z.number()),
      cost_usd: z.number(),
      input_tokens: z.int(),
      output_tokens: z.int(),
      /** Records a second, of late; null before there is anything to tell. */
      rate: z.nullable(z.number()),
      /** When it should be done, seconds since the epoch. */
      estimated_end_at: z.nullable(z.int()),
    }),
  ),
});
export type BatchObject = z.infer<typeof BatchObject>;

export const BatchList = z.object({
  object: z.literal('list'),
  data: z.array(BatchObject),
  first_id: z.nullable(z.string()),
  last_id: z.nullable(z.string()),
  has_more: z.boolean(),
});
export type BatchList = z.infer<typeof BatchList>;

/** One line of an input file. `body` is checked by the route it is for, when it is run. */
export const BatchLine = z.object({
  custom_id: filledText(512),
  method: z.literal('POST'),
  url: BatchEndpoint,
  body: z.looseObject({ model: filledText(256) }),
});
export type BatchLine = z.infer<typeof BatchLine>;

/** One line of an output or error file, in the order of the input. */
export interface BatchAnswerLine {
  readonly id: string;
  readonly custom_id: string;
  readonly response: { readonly status_code: number; readonly request_id: string; readonly body: unknown } | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}
