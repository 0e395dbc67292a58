import type { ChatMessage } from '@plinth/contracts';
import { likelyTokens } from './pooled/likely-tokens.ts';
import type { RouteAsk } from './router.ts';

/** Hashes of one request: what it shares with others is at its beginning, or all but its last turns. */
const FIRST = 4;
const LAST = 12;

/** Of an image, this much of its address is looked at: it is megabytes where the image is in it. */
const IMAGE_CHARACTERS = 256;

export type PromptPrefixes = Required<Pick<RouteAsk, 'prefixes' | 'prefixTokens' | 'promptTokens'>>;

/**
 * Hashes of a prompt's beginnings, shortest first, each over all messages up to one: whole numbers below 2^53. At most sixteen: of a longer
 * conversation the first few and the last. They say which server has seen a beginning, not more: two that collide cost a cache miss.
 * Beside them what each beginning comes to, and the whole, in likely tokens.
 * @param seed Of the tenant and of this process, so that nobody can tell from the time an answer takes what others have sent.
 */
export function prefixHashes(messages: readonly ChatMessage[], seed: number): PromptPrefixes {
  const [prefixes, prefixTokens]: [number[], number[]] = [[], []];
  const state = new TwoWords(seed);
  let promptTokens = 0;
  for (const [index, message] of messages.entries()) {
    addMessage(state, message);
    promptTokens += likelyTokens(message);
    if (index >= FIRST && index < messages.length - LAST) continue;
    prefixes.push(state.value());
    prefixTokens.push(promptTokens);
  }
  return { prefixes, prefixTokens, promptTokens };
}

/** A seed that no two tenants share, but for chance. @param salt Of the process. */
export function prefixSeed(tenant: string, salt: number): number {
  const state = new TwoWords(salt);
  state.add(tenant);
  return state.value();
}

function addMessage(state: TwoWords, message: ChatMessage): void {
  state.add(message.role);
  const { content } = message;
  if (typeof content === 'string') state.add(content);
  else
    for (const part of content ?? [])
      state.add(part.type === 'text' ? part.text : part.image_url.url.slice(0, IMAGE_CHARACTERS));
  if (message.role === 'assistant' && message.tool_calls !== undefined) state.add(JSON.stringify(message.tool_calls));
}

/** Two 32-bit multiplicative hashes side by side: a nanosecond or two a character, and no strangers to each other. */
class TwoWords {
  #high: number;
  #low: number;

  constructor(seed: number) {
    this.#high = 0x9e3779b9 ^ (seed / 0x1_0000_0000);
    this.#low = 0x85ebca6b ^ seed;
  }

  /** With its length, so that no two ways to cut a text come to the same. */
  add(text: string): void {
    let [high, low] = [this.#high ^ text.length, this.#low];
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      high = Math.imul(high ^ unit, 0x9e3779b1);
      low = Math.imul(low ^ unit, 0x5f356495);
    }
    this.#high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ (low >>> 13);
    this.#low = Math.imul(low ^ (low >>> 16), 0xc2b2ae35) ^ (high >>> 13);
  }

  value(): number {
    return (this.#high & 0x1f_ffff) * 0x1_0000_0000 + (this.#low >>> 0);
  }
}
