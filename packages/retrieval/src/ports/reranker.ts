/** Judges passages against a question one by one, more exactly and at more cost than a search can. */
export interface Reranker {
  readonly model: string;
  /** One score per passage, in order; higher is better, comparable within one call only. */
  score(
    query: string,
    passages: readonly string[],
    options: { readonly signal: AbortSignal },
  ): Promise<readonly number[]>;
}
