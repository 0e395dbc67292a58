import type {
  CatalogModel,
  ChatCompletionRequest,
  ChatMessage,
  FinishReason,
  GroundingExtension,
  Identity,
  UrlCitation,
} from '@plinth/contracts';

/**
 * The stage that puts sources before the model and holds its answer against them. It comes after admission and after the guard has seen the
 * conversation, so that nothing is looked for that the policy forbids, and before the prompt is fitted to the model.
 */
export interface Grounding {
  /** What it may add to any request at most, all of it part of what admission reserves. Throws to refuse a request it cannot ground. */
  worstCase(request: ChatCompletionRequest, model: CatalogModel): GroundingWorstCase;
  ground(call: GroundingCall): Promise<GroundedPrompt>;
}

export interface GroundingWorstCase {
  /** Tokens of prompt it adds to the messages. */
  readonly promptTokens: number;
  /** Tokens of the calls it makes of the model beside the answer. */
  readonly asks?: { readonly promptTokens: number; readonly completionTokens: number };
}

export interface GroundingCall {
  readonly requestId: string;
  readonly identity: Identity;
  /** As the caller sent it, the turns kept before in front. */
  readonly request: ChatCompletionRequest;
  /** The same messages as the guard left them. */
  readonly messages: readonly ChatMessage[];
  readonly model: CatalogModel;
  readonly signal: AbortSignal;
  /** Asks the model itself something short. It is charged to the request. */
  readonly ask: (messages: readonly ChatMessage[], maxTokens: number) => Promise<string>;
  /** Holds texts of documents against the guard, one by one: nobody vouches for them. In order. */
  readonly screen: (texts: readonly string[]) => Promise<readonly ScreenedText[]>;
}

export interface ScreenedText {
  /** What may go to the model: redacted where the policy says so, empty where it is blocked. */
  readonly text: string;
  readonly blocked: boolean;
}

/** The messages to go on with, or, where there is nothing to answer from, an answer that takes no model. */
export type GroundedPrompt =
  | { readonly kind: 'ask'; readonly messages: readonly ChatMessage[]; readonly checker: AnswerChecker }
  | { readonly kind: 'answer'; readonly checked: CheckedEnd };

/** What leaves after an answer was held against its sources, in order. A citation is of text that left before it. */
export type CheckedEvent =
  { readonly type: 'text'; readonly text: string } | { readonly type: 'citation'; readonly citation: UrlCitation };

/** What is safe to know of the outcome: for audit and metrics. */
export interface GroundingOutcome {
  readonly passages: number;
  readonly groundedness?: number;
  readonly abstained: boolean;
}

export interface CheckedEnd {
  readonly events: readonly CheckedEvent[];
  readonly extension: GroundingExtension;
  readonly outcome: GroundingOutcome;
}

/** Watches one answer behind the guard: what it is given is cleared to be sent, and what it gives back is sent. */
export interface AnswerChecker {
  /** Gives back what is decided so far and keeps the rest. A value, not a promise, where nothing has to be asked. */
  push(text: string): readonly CheckedEvent[] | Promise<readonly CheckedEvent[]>;
  /** @param reason `content_filter` where the guard stopped the answer: then it has no end, and what was held back stays so. */
  end(reason: FinishReason): Promise<CheckedEnd>;
}
