/** One turn of a conversation, text only: that is what a small local model takes. */
export interface ChatTurn {
  role: 'system' | 'user' | 'assistant';
  text: string;
}

/** What to continue: a conversation put through the model's own chat template, or text taken as it is. */
export type Prompt = { kind: 'chat'; turns: readonly ChatTurn[] } | { kind: 'text'; text: string };

/** How tokens are drawn. What is absent takes the model's recommended value, or 1 for temperature and topP. */
export interface Sampling {
  /** 0 always takes the likeliest token. */
  temperature?: number;
  topP?: number;
  topK?: number;
  minP?: number;
  /** The same seed draws the same tokens. Without one, every request draws afresh. */
  seed?: number;
  /** 1 is no penalty. */
  repetitionPenalty?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
}

export type OutputFormat = { type: 'json_object' } | { type: 'json_schema'; schema: Record<string, unknown> };

export interface GenerationRequest {
  prompt: Prompt;
  /** Most tokens to generate. Absent: up to the end of the context. */
  maxTokens?: number;
  /** When prompt plus `maxTokens` is over the context: refuse, or lower `maxTokens` to what fits. A prompt alone that is over is refused. */
  onOverflow?: 'reject' | 'clamp';
  stop?: readonly string[];
  sampling?: Sampling;
  format?: OutputFormat;
  /** Larger waits longer, as vLLM has it. Above 0 it stands still while others run, and may fail with `overloaded` when one needs its place. @default 0 */
  priority?: number;
  /** Go on to `maxTokens` even when the model ends its turn; for measuring. */
  ignoreEndOfTurn?: boolean;
}

/** `stop`: the model ended its turn. `stop_sequence`: it wrote one of the stop strings. `length`: `maxTokens` or the context was reached. */
export type EndReason = 'stop' | 'stop_sequence' | 'length';

/** Tokens, exactly as evaluated; the end-of-turn token the model writes counts as a completion token. */
export interface Usage {
  promptTokens: number;
  completionTokens: number;
}

export type EngineEvent =
  /** The request has left the queue and runs. */
  | { type: 'start'; promptTokens: number }
  /** Whole characters only; never any part of a stop string. `completionTokens`: how many were generated up to here. */
  | { type: 'text'; text: string; completionTokens: number }
  | { type: 'end'; reason: EndReason; stopSequence?: string; usage: Usage };

export interface EngineModel {
  id: string;
  /** Longest prompt plus completion, tokens. */
  contextTokens: number;
}

export interface EngineLoad {
  running: number;
  waiting: number;
  /** Of the places for tokens in all sequences, the part that is taken, 0 to 1; where the engine knows. */
  kvCacheUse?: number;
}

/** A loaded model. Everything served over HTTP stands on this; tests may bring their own. */
export interface Engine {
  readonly model: EngineModel;
  /**
   * Runs one request: `start`, any number of `text`, `end`. Fails with a PlatformError: `context_length_exceeded` or `invalid_request` before
   * it queues, `overloaded` when the queue is full or the wait too long, `client_closed` when `signal` fires. Leaving the loop also cancels.
   */
  generate(request: GenerationRequest, signal: AbortSignal): AsyncIterable<EngineEvent>;
  /** Token ids of a prompt, chat template included. */
  tokenize(prompt: Prompt): Promise<readonly number[]>;
  load(): EngineLoad;
  /** Cancels what runs and frees the model. */
  close(): Promise<void>;
}
