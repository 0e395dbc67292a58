/** What is asked: classes, lengths, and how much of it has been asked before. Shares are 0 to 1. */
export interface RequestMix {
  readonly classShares: { readonly interactive: number; readonly experimental: number; readonly batch: number };
  /** Of data that must stay on site. */
  readonly stayLocalShare: number;
  /** Requests that go on with a conversation: their prompt is the last one, its answer, and what is new. */
  readonly conversationShare: number;
  /** Seconds between two turns of a conversation, on average. */
  readonly thinkSeconds: number;
  /** Turns after which a conversation is not gone on with. */
  readonly longestTurns: number;
  /** Texts that prompts begin with, such as a program's instructions or a document, and the tokens of each. */
  readonly systemPrompts: number;
  readonly systemTokens: number;
  /** New conversations that begin with one of them; the others begin with as many tokens that nobody else has. */
  readonly systemShare: number;
  /** New tokens of a turn, and of an answer: median, and standard deviation of the logarithm. */
  readonly userTokens: number;
  readonly userSpread: number;
  readonly completionTokens: number;
  readonly completionSpread: number;
  /** Longer answers are cut there. */
  readonly mostCompletionTokens: number;
}

/** A chat with most of its prompts in conversations, beside some experiments and a little batch. */
export const CHAT_MIX: RequestMix = {
  classShares: { interactive: 0.9, experimental: 0.05, batch: 0.05 },
  stayLocalShare: 0,
  conversationShare: 0.6,
  thinkSeconds: 30,
  longestTurns: 6,
  systemPrompts: 10,
  systemTokens: 200,
  systemShare: 1,
  userTokens: 120,
  userSpread: 0.7,
  completionTokens: 120,
  completionSpread: 0.6,
  mostCompletionTokens: 1_000,
};
