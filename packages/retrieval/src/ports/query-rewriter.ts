/** What was said so far, oldest first; the last is the question. */
export interface QueryTurn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

/** A short question to the model, counted and charged like all that is asked of it. */
export type AskModel = (
  messages: readonly { readonly role: 'system' | 'user'; readonly content: string }[],
  maxTokens: number,
) => Promise<string>;

/** Makes a follow-up question stand alone, so that it can be searched for. */
export interface QueryRewriter {
  /** Tokens of a call of the model at most; absent where it makes none. */
  readonly asks?: { readonly promptTokens: number; readonly completionTokens: number };
  rewrite(
    turns: readonly QueryTurn[],
    options: { readonly ask: AskModel; readonly signal: AbortSignal },
  ): Promise<string>;
}
