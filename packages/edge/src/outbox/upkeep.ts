import { systemTimers, type Timers } from '@plinth/batching';
import { PlatformError, type AuditRecord } from '@plinth/contracts';
import { NOTHING } from '@plinth/gateway';
import type { Clock } from '@plinth/stores';
import type { Outbox, OutboxItem } from '@plinth/stores/site';
import { RESERVED_MS } from './site-outbox.ts';

export interface OutboxUpkeepOptions {
  readonly outbox: Pick<Outbox, 'waiting' | 'work' | 'end' | 'renew' | 'forget'>;
  readonly clock: Clock;
  readonly isUnderWay: (id: string) => boolean;
  readonly onError: (error: PlatformError) => void;
  readonly timers?: Timers;
  /** How long an answer can be asked for, milliseconds. @default a week */
  readonly keptMs?: number;
}

const ROUND_MS = 60_000;
const RENEW_MS = 3_600_000;
const KEPT_MS = 7 * 86_400_000;
const AT_ONCE = 500;
const GIVEN_UP = {
  code: 'request_timeout',
  message: 'The link was not back in the time this site lets requests wait. Send it again.',
} as const;

/** What time does to the outbox: reservations are renewed, what has waited too long is given up, what ended long ago is forgotten. */
export class OutboxUpkeep {
  readonly #options: OutboxUpkeepOptions;
  readonly #timers: Timers;
  readonly #over = new AbortController();
  #renewAt = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;

  constructor(options: OutboxUpkeepOptions) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#running;
  }

  async round(): Promise<void> {
    const { outbox, clock, keptMs = KEPT_MS } = this.#options;
    const now = this.#timers.now();
    if (now >= this.#renewAt) {
      await outbox.renew(RESERVED_MS);
      this.#renewAt = now + RENEW_MS;
    }
    await this.#giveUp();
    while ((await outbox.forget(clock.now() - keptMs, AT_ONCE)) === AT_ONCE);
  }

  async #run(): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      await this.round().catch((error: unknown) => this.#options.onError(PlatformError.from(error)));
      await this.#timers.wait(ROUND_MS, signal);
    }
  }

  /** They come in the order they expire in, but for a policy that was changed meanwhile: a page without one that is over ends it. */
  async #giveUp(): Promise<void> {
    const { outbox, clock, isUnderWay } = this.#options;
    const now = clock.now();
    for (let after = 0; ;) {
      const page = await outbox.waiting(after, AT_ONCE);
      const over = page.filter(({ expiresAt }) => expiresAt <= now);
      for (const { id } of over) {
        const work = isUnderWay(id) ? undefined : await outbox.work(id);
        if (work === undefined) continue;
        await outbox.end(id, { status: 'failed', error: GIVEN_UP, used: NOTHING, at: now }, [record(work.item, now)]);
      }
      const last = page.at(-1);
      if (last === undefined || over.length === 0) return;
      after = last.number;
    }
  }
}

function record({ id, tenant, principal, model }: OutboxItem, at: number): AuditRecord {
  return {
    at,
    requestId: id,
    action: 'outbox.expired',
    outcome: 'expired',
    tenant,
    principal,
    model,
    reservationId: id,
  };
}
