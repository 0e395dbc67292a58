import type { ChatMessage } from '@plinth/contracts';

/** Of ordinary text. */
const CHARACTERS_PER_TOKEN = 4;
const TOKENS_PER_MESSAGE = 4;
const TOKENS_PER_IMAGE = 1_000;

/** What a message comes to, roughly: enough to tell a long one from a short one. */
export function likelyTokens({ content }: ChatMessage): number {
  let tokens = TOKENS_PER_MESSAGE;
  if (typeof content === 'string') tokens += content.length / CHARACTERS_PER_TOKEN;
  else
    for (const part of content ?? [])
      tokens += part.type === 'text' ? part.text.length / CHARACTERS_PER_TOKEN : TOKENS_PER_IMAGE;
  return Math.ceil(tokens);
}

/** How much one answer counts against those before it. */
const WEIGHT = 0.05;
const AT_FIRST = 128;

/** How long answers of a model are, as far as was seen. */
export class LikelyCompletion {
  #tokens = AT_FIRST;

  learn(tokens: number | undefined): void {
    if (tokens !== undefined) this.#tokens += WEIGHT * (tokens - this.#tokens);
  }

  /** @param atMost What the request allows, tokens. */
  likely(atMost: number): number {
    return Math.min(atMost, Math.max(1, Math.round(this.#tokens)));
  }
}
