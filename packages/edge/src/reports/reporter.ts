import { backoff, systemTimers, type RetryRules, type Timers } from '@plinth/batching';
import { PlatformError, type SiteState } from '@plinth/contracts';
import type { ReportJournal } from '@plinth/stores/site';
import type { ReportSink } from './report-sink.ts';

export interface ReporterOptions {
  readonly journal: ReportJournal;
  readonly sink: ReportSink;
  /** How the site is, told with the first report and about once a minute. */
  readonly state: () => Promise<SiteState>;
  readonly onError: (error: PlatformError) => void;
  /** Milliseconds between looks for something to tell. @default 1_000 */
  readonly everyMs?: number;
  /** @default 60_000 */
  readonly stateEveryMs?: number;
  readonly retry?: RetryRules;
  readonly timers?: Timers;
  readonly random?: () => number;
}

const RETRY: RetryRules = { firstWaitMs: 500, longestWaitMs: 30_000 };

/**
 * Tells the centre what has happened, report by report. The next is begun when the one before was taken; one of which that is not known is sent again,
 * as it was. So nothing is left out, and what comes twice is the same.
 */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #timers: Timers;
  readonly #over = new AbortController();
  #stateAt = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Gives up what is being sent: the next start sends it again. */
  async stop(): Promise<void> {
    this.#over.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#over;
    const { everyMs = 1_000, retry, onError, random = Math.random } = this.#options;
    for (let failures = 0; !signal.aborted;)
      try {
        const told = await this.#tellNext(signal);
        failures = 0;
        if (!told) await this.#timers.wait(everyMs, signal);
      } catch (thrown) {
        if (signal.aborted) return;
        const error = PlatformError.from(thrown);
        failures += 1;
        onError(error);
        await this.#timers.wait(backoff(failures, error, { ...RETRY, ...retry }, random), signal);
      }
  }

  /** False when there is nothing to tell. */
  async #tellNext(signal: AbortSignal): Promise<boolean> {
    const { journal, sink, state, stateEveryMs = 60_000 } = this.#options;
    const now = this.#timers.now();
    const due = now - this.#stateAt >= stateEveryMs;
    const report = await journal.next(due ? await state() : undefined);
    if (report === undefined) return false;
    await sink.send(report.body, { signal });
    await journal.taken(report.number);
    if (due && report.fresh) this.#stateAt = now;
    return true;
  }
}
