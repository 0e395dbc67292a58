import type { ChatUsage, FinishReason, PlatformError, PlinthExtension, UrlCitation } from '@plinth/contracts';

/** What a caller may see of an answer, in order; `end` or `error` is last. */
export type ChatEvent =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'tool-call';
      readonly index: number;
      readonly id: string;
      readonly name: string;
      readonly arguments: string;
    }
  /** A source of text that came before. */
  | { readonly type: 'citation'; readonly citation: UrlCitation }
  | {
      readonly type: 'end';
      readonly reason: FinishReason;
      readonly usage: ChatUsage;
      readonly extension: PlinthExtension;
    }
  | { readonly type: 'error'; readonly error: PlatformError };

/** An admitted request whose model has begun to answer. */
export interface ChatRun {
  readonly id: string;
  readonly requestId: string;
  /** Seconds since the epoch, as OpenAI counts. */
  readonly created: number;
  readonly model: string;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** Iterate once. Stopping early stops the model and settles. */
  readonly events: AsyncIterable<ChatEvent>;
}
