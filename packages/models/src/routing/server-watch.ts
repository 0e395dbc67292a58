import type { MemberLoad } from './router.ts';
import type { RouteClock } from './pooled/clock.ts';

export interface ServerWatchOptions {
  /** Members that tell how they do, and where. */
  readonly servers: readonly { readonly member: string; readonly metricsUrl: string }[];
  /** `readServerLoad`, but for tests. */
  readonly read: (metricsUrl: string) => Promise<MemberLoad>;
  readonly observe: (member: string, load: MemberLoad) => void;
  readonly clock: RouteClock;
  /** Between two rounds, milliseconds. @default 1_000 */
  readonly everyMs?: number;
  /** So long after the last request it goes on, milliseconds. @default 30_000 */
  readonly afterUseMs?: number;
}

/** Asks servers how they do, over and over while they are used, and not at all while they are not. */
export class ServerWatch {
  readonly #options: ServerWatchOptions;
  #usedAt = 0;
  #watching = false;

  constructor(options: ServerWatchOptions) {
    this.#options = options;
  }

  /** A request comes. */
  used(): void {
    this.#usedAt = this.#options.clock.now();
    if (this.#watching || this.#options.servers.length === 0) return;
    this.#watching = true;
    void this.#round();
  }

  async #round(): Promise<void> {
    const { servers, clock, everyMs = 1_000, afterUseMs = 30_000 } = this.#options;
    await Promise.all(servers.map((server) => this.#look(server)));
    if (clock.now() - this.#usedAt > afterUseMs) this.#watching = false;
    else clock.after(everyMs, () => void this.#round());
  }

  async #look({ member, metricsUrl }: ServerWatchOptions['servers'][number]): Promise<void> {
    try {
      this.#options.observe(member, await this.#options.read(metricsUrl));
    } catch {
      // A server that does not tell is judged by its answers alone; whether it lives is the breaker's to find out.
    }
  }
}
