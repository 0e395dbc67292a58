import type {
  AuditRoute,
  ChatCompletionRequest,
  ChatMessage,
  FinishReason,
  ModelFeature,
  ModelPrice,
  PlatformError,
  RoutePool,
} from '@plinth/contracts';
import type { CallerClass } from './routing/router.ts';

/**
 * A request to one model. Messages are in OpenAI's shapes, which every adapter knows how to say in its own protocol; fields keep the
 * meaning they have there.
 */
export interface ModelRequest {
  readonly messages: readonly ChatMessage[];
  /** Tokens; always set, since nothing unbounded is asked of a model. */
  readonly maxTokens: number;
  /** False lets the adapter use the protocol's one-answer call; the events are the same. */
  readonly stream: boolean;
  readonly temperature?: number;
  readonly topP?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly tools?: ChatCompletionRequest['tools'];
  readonly toolChoice?: ChatCompletionRequest['tool_choice'];
  readonly responseFormat?: ChatCompletionRequest['response_format'];
  readonly serviceTier?: 'default' | 'flex' | 'priority';
}

/** Tokens as the model's owner counts (and bills) them. */
export interface ModelUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Part of `inputTokens` that was read from a prompt cache. */
  readonly cachedInputTokens?: number;
}

/**
 * What a model says, in order: one `start`, then text and tool calls, then exactly one `end` or `error`. Nothing is thrown: every failure
 * is an `error` event, so that a consumer has one place to look. After an abort the last event is an error with code `client_closed`.
 */
export type ModelEvent =
  | { readonly type: 'start'; readonly route?: ModelRoute }
  | { readonly type: 'text'; readonly text: string }
  /** A piece of a tool call: `id` and `name` come with the first piece of each index, arguments as JSON text in pieces. */
  | {
      readonly type: 'tool-call';
      readonly index: number;
      readonly id?: string;
      readonly name?: string;
      readonly arguments: string;
    }
  /** `usage` is absent when the model did not report it. `guardrail` is true when the provider's own guardrail stepped in. */
  | { readonly type: 'end'; readonly reason: FinishReason; readonly usage?: ModelUsage; readonly guardrail?: boolean }
  | { readonly type: 'error'; readonly error: PlatformError; readonly route?: ModelRoute };

/** The way of a request through the pools of its model; told once, with `start`, or with the error of a request that never came to it. */
export interface ModelRoute extends AuditRoute {
  /** What its tokens cost at the place that was asked last. Absent where none was. */
  readonly price?: ModelPrice;
}

/** What a request is routed by beside its prompt. Only models with pools look at it. */
export interface RouteTerms {
  readonly class: CallerClass;
  /** It goes only where data stays on site. */
  readonly stayLocal: boolean;
  /** Whose it is: what one tenant sent says nothing about another's. */
  readonly tenant: string;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  /** @default interactive, anywhere, of nobody */
  readonly route?: RouteTerms;
}

/** One model, reached one way. */
export interface ModelClient {
  readonly features: ReadonlySet<ModelFeature>;
  stream(request: ModelRequest, options: CallOptions): AsyncIterable<ModelEvent>;
  /** Exact prompt tokens with the model's own template, or `undefined` where the model's server cannot tell. */
  countTokens(messages: readonly ChatMessage[], options: CallOptions): Promise<number | undefined>;
  /** Of a model with pools: how each of its places does. */
  places?(): RoutePool[];
}
