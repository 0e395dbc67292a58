import { systemTimers, type Timers } from '@plinth/batching';
import { PlatformError, type OfflinePolicy, type SiteState } from '@plinth/contracts';
import type { BundleStatus, LinkState } from '@plinth/edge';

const HOUR_MS = 3_600_000;
const RETRY_SECONDS = 60;

export type Mode = SiteState['mode'];

/** What a site may do now, by its bundle's age and its policy. */
export class Standing {
  readonly #status: () => BundleStatus;
  readonly #offline: () => OfflinePolicy;

  constructor(status: () => BundleStatus, offline: () => OfflinePolicy) {
    this.#status = status;
    this.#offline = offline;
  }

  get status(): BundleStatus {
    return this.#status();
  }

  /** The bundle is older than the site may go by it: its time is over, or the centre was not heard for too long. */
  get stale(): boolean {
    const { expired, unconfirmedMs } = this.#status();
    return expired || unconfirmedMs > this.#offline().staleHours * HOUR_MS;
  }

  /** Without a bundle a site knows neither keys nor budgets, so it takes nothing. */
  get mode(): Mode {
    if (this.#status().active === undefined) return 'stopped';
    if (!this.stale) return 'serving';
    return this.#offline().whenStale === 'stop' ? 'stopped' : 'restricted';
  }
}

/** What a site that is stopped says. */
export function stoppedError({ active }: BundleStatus): PlatformError {
  const why =
    active === undefined
      ? 'This site has no bundle from its centre yet, so it knows nobody'
      : 'This site has not heard from its centre for longer than it may go on without';
  return new PlatformError('site_offline', `${why}: it takes no requests until it has. Retry later.`, {
    retryAfterSeconds: RETRY_SECONDS,
  });
}

/** How often a link that may not be used for now is looked at again, milliseconds. */
const AGAIN_MS = 1_000;

/** The link as a site may use it: to one that is restricted it is down. */
export function linkAsAllowed(
  link: LinkState,
  standing: Pick<Standing, 'mode'>,
  timers: Timers = systemTimers,
): LinkState {
  return {
    get up() {
      return link.up && standing.mode === 'serving';
    },
    async whenUp(signal) {
      while (!signal.aborted) {
        await link.whenUp(signal);
        if (standing.mode === 'serving') return;
        await timers.wait(AGAIN_MS, signal);
      }
    },
  };
}
