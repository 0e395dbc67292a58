import type { CallerClass } from '@plinth/models/routing';
import type { Random } from '../random.ts';
import { SimRequest, type Prompt } from '../sim-request.ts';
import type { RequestMix } from './mix.ts';

interface Conversation {
  readonly prompt: Prompt;
  readonly turns: number;
  /** Tokens of the last answer, which the next turn repeats. */
  readonly answered: number;
}

/** Conversations remembered at most: what is forgotten is not gone on with. */
const MOST_CONVERSATIONS = 65_536;

/** Requests one after the other as a mix says. */
export class RequestSource {
  /** The last ones begun or gone on with; which is next is drawn from those about as old as people think long. */
  readonly #ring: (Conversation | undefined)[] = [];
  #next = 0;
  #hash = 1_000_000;
  readonly #completionMean: number;

  constructor(
    private readonly mix: RequestMix,
    private readonly random: Random,
  ) {
    this.#completionMean = Math.min(
      mix.mostCompletionTokens,
      mix.completionTokens * Math.exp(mix.completionSpread ** 2 / 2),
    );
  }

  /** What a router would guess of an answer's length. */
  get likelyCompletionTokens(): number {
    return this.#completionMean;
  }

  /** Lets conversations get as old as they are when traffic has gone on for long. @param rate requests a second */
  warmUp(rate: number): void {
    const turns = Math.min(MOST_CONVERSATIONS, rate * this.mix.thinkSeconds * this.mix.longestTurns);
    for (let turn = 0; turn < turns; turn++) this.next(0, rate, 0, 0);
  }

  /** @param rate requests a second at the moment, which say how many others come between two turns */
  next(now: number, rate: number, weight: number, window: number): SimRequest {
    const { mix, random } = this;
    const known = random.next() < mix.conversationShare ? this.#takeConversation(rate) : undefined;
    const user = tokens(random.logNormal(mix.userTokens, mix.userSpread));
    const completion = Math.min(
      mix.mostCompletionTokens,
      tokens(random.logNormal(mix.completionTokens, mix.completionSpread)),
    );
    const prompt = known === undefined ? this.#begin(user) : this.#goOn(known, user);
    const turns = known === undefined ? 1 : known.turns + 1;
    if (turns < mix.longestTurns) this.#keep({ prompt, turns, answered: completion });
    const stays = mix.stayLocalShare > 0 && random.next() < mix.stayLocalShare;
    return new SimRequest(now, weight, window, this.#class(), stays, prompt, completion);
  }

  #begin(user: number): Prompt {
    const { systemPrompts, systemTokens, systemShare } = this.mix;
    const all = systemTokens + user;
    const isShared = systemShare === 1 || this.random.next() < systemShare;
    const begins = isShared ? this.random.below(systemPrompts) : this.#hash++;
    return { prefixes: [begins, this.#hash++], prefixTokens: [systemTokens, all], tokens: all };
  }

  #goOn({ prompt, answered }: Conversation, user: number): Prompt {
    const all = prompt.tokens + answered + user;
    return {
      prefixes: [...prompt.prefixes, this.#hash++],
      prefixTokens: [...prompt.prefixTokens, all],
      tokens: all,
    };
  }

  #takeConversation(rate: number): Conversation | undefined {
    const between = Math.max(1, Math.min(MOST_CONVERSATIONS / 2, rate * this.mix.thinkSeconds));
    const back = Math.ceil(between * (0.5 + this.random.next()));
    const at = (this.#next - back + MOST_CONVERSATIONS) % MOST_CONVERSATIONS;
    // Where one was taken already, an older one near it does as well.
    for (let step = 0; step < 8; step++) {
      const index = (at - step + MOST_CONVERSATIONS) % MOST_CONVERSATIONS;
      const found = this.#ring[index];
      if (found === undefined) continue;
      this.#ring[index] = undefined;
      return found;
    }
    return undefined;
  }

  #keep(conversation: Conversation): void {
    this.#ring[this.#next] = conversation;
    this.#next = (this.#next + 1) % MOST_CONVERSATIONS;
  }

  #class(): CallerClass {
    const { interactive, experimental } = this.mix.classShares;
    const draw = this.random.next();
    return draw < interactive ? 'interactive' : draw < interactive + experimental ? 'experimental' : 'batch';
  }
}

function tokens(value: number): number {
  return Math.max(1, Math.round(value));
}
