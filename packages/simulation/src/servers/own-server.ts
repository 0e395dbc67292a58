import type { MemberLoad } from '@plinth/models/routing';
import { Fifo } from '../fifo.ts';
import type { SimRequest } from '../sim-request.ts';
import { PrefixCache } from './prefix-cache.ts';

/** How fast a server is, and how much it holds. Times are milliseconds. */
export interface ServerSpec {
  /** Requests that are read or answered at once. */
  readonly slots: number;
  /** Requests that wait inside it; one more is told 429. */
  readonly queueLimit: number;
  /** Prompt tokens read in a millisecond, and what each prompt costs besides. */
  readonly readTokensPerMs: number;
  readonly readBaseMs: number;
  /** Between two tokens of one answer: this, and as much again for every answer at once, and while a prompt is read. */
  readonly itlBaseMs: number;
  readonly itlPerAnswerMs: number;
  readonly itlReadingMs: number;
  /** Of its prefix cache. */
  readonly cacheTokens: number;
  /** Of its KV cache. */
  readonly kvTokens: number;
}

export interface ServerHost {
  firstToken(request: SimRequest, now: number): void;
  finished(request: SimRequest, now: number): void;
}

/**
 * A vLLM server with continuous batching. Prompts are read one after the other while answers go on; all answers get their tokens in step, so
 * one clock of tokens tells when each is done. It says when it next changes, and is told when that time has come.
 */
export class OwnServer {
  readonly cache: PrefixCache;
  readonly #waiting = new Fifo<SimRequest>();
  readonly #reading = new Fifo<SimRequest>();
  /** Those that are answered, the first to be done last. */
  readonly #answering: SimRequest[] = [];
  #readEndsAt = Number.POSITIVE_INFINITY;
  /** Tokens each answer has had since the beginning, at `#at`. */
  #tokenClock = 0;
  #at = 0;
  #kv = 0;
  isUp = true;
  /** When it next changes. */
  dueAt = Number.POSITIVE_INFINITY;

  constructor(
    readonly id: string,
    readonly spec: ServerSpec,
    private readonly host: ServerHost,
  ) {
    this.cache = new PrefixCache(spec.cacheTokens);
  }

  get inUse(): number {
    return this.#reading.size + this.#answering.length;
  }

  /** Whether it would take one more. */
  get hasRoom(): boolean {
    return this.inUse < this.spec.slots || this.#waiting.size < this.spec.queueLimit;
  }

  get load(): MemberLoad {
    return { waiting: this.#waiting.size, running: this.inUse, kvCacheUse: Math.min(1, this.#kv / this.spec.kvTokens) };
  }

  /** @returns false where it is full (429) */
  take(request: SimRequest, now: number): boolean {
    this.#advance(now);
    if (this.inUse < this.spec.slots) this.#read(request, now);
    else if (this.#waiting.size < this.spec.queueLimit) this.#waiting.push(request);
    else return false;
    this.#plan();
    return true;
  }

  /** The time that `dueAt` named has come. */
  change(now: number): void {
    this.#advance(now);
    if (this.#readEndsAt <= now) this.#hasRead(now);
    while (this.#answering.length > 0 && this.#answering.at(-1)!.endsAtToken <= this.#tokenClock + 1e-6)
      this.#finish(this.#answering.pop()!, now);
    this.#plan();
  }

  /** It dies. @returns what it had */
  die(now: number): SimRequest[] {
    this.#advance(now);
    const lost = [...this.#waiting.drain(), ...this.#reading.drain(), ...this.#answering.splice(0)];
    this.#readEndsAt = this.dueAt = Number.POSITIVE_INFINITY;
    this.#kv = 0;
    this.isUp = false;
    this.cache.clear();
    return lost;
  }

  /** Milliseconds from now to the first token of a request, were it sent now and nothing after it. For a scheduler that knows everything. */
  foresee(request: SimRequest, now: number): number {
    this.#advance(now);
    const unread = [...this.#reading, ...this.#waiting].slice(1).reduce((sum, each) => sum + this.readMs(each), 0);
    const reading = this.#reading.size === 0 ? 0 : this.#readEndsAt - now;
    const ahead = reading + unread;
    const places = this.spec.slots - this.inUse - this.#waiting.size;
    if (places > 0) return ahead + this.readMs(request);
    // The answer whose end makes room for it, were all to go on as now.
    const ends = this.#answering.at(places - 1)?.endsAtToken ?? this.#tokenClock + request.completionTokens;
    return Math.max(ahead, (ends - this.#tokenClock) * this.#itl()) + this.readMs(request);
  }

  #read(request: SimRequest, now: number): void {
    this.#reading.push(request);
    request.startedAt = now;
    this.#kv += request.prompt.tokens;
    if (this.#reading.size === 1) this.#readEndsAt = now + this.readMs(request);
  }

  /** Milliseconds that reading its prompt takes, with what the cache has now. */
  readMs(request: SimRequest): number {
    return this.spec.readBaseMs + (request.prompt.tokens - this.cache.has(request.prompt)) / this.spec.readTokensPerMs;
  }

  #hasRead(now: number): void {
    const request = this.#reading.shift()!;
    request.cachedTokens = this.cache.has(request.prompt);
    this.cache.add(request.prompt);
    const next = this.#reading.first;
    this.#readEndsAt = next === undefined ? Number.POSITIVE_INFINITY : now + this.readMs(next);
    this.#kv += request.completionTokens;
    request.endsAtToken = this.#tokenClock + request.completionTokens - 1;
    let at = this.#answering.length;
    this.#answering.push(request);
    for (; at > 0 && this.#answering[at - 1]!.endsAtToken < request.endsAtToken; at--)
      this.#answering[at] = this.#answering[at - 1]!;
    this.#answering[at] = request;
    this.host.firstToken(request, now);
  }

  #finish(request: SimRequest, now: number): void {
    this.#kv -= request.prompt.tokens + request.completionTokens;
    const next = this.#waiting.shift();
    if (next !== undefined) this.#read(next, now);
    this.host.finished(request, now);
  }

  #itl(): number {
    const { itlBaseMs, itlPerAnswerMs, itlReadingMs } = this.spec;
    return itlBaseMs + itlPerAnswerMs * this.#answering.length + (this.#reading.size > 0 ? itlReadingMs : 0);
  }

  #advance(now: number): void {
    const passed = now - this.#at;
    if (passed <= 0) return;
    if (this.#answering.length > 0) this.#tokenClock += passed / this.#itl();
    this.#at = now;
  }

  #plan(): void {
    const first = this.#answering.at(-1);
    const ends =
      first === undefined
        ? Number.POSITIVE_INFINITY
        : this.#at + Math.max(0, first.endsAtToken - this.#tokenClock) * this.#itl();
    this.dueAt = Math.min(this.#readEndsAt, ends);
  }
}
