import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemTimers, type Timers } from '@plinth/batching';
import { PlatformError } from '@plinth/contracts';
import { systemClock, type Clock } from '@plinth/stores';
import type { BundleSource } from '../bundle/bundle-source.ts';
import type { TrustedKey } from '../bundle/dsse.ts';
import { BundleRefused } from '../bundle/refused.ts';
import { verifyBundle, type VerifiedStatement } from '../bundle/verify.ts';
import { readBundleState, writeBundleState, type BundleState, type Taken } from './bundle-state.ts';
import { statusOf, type ActiveBundle, type BundleEvent, type BundleStatus } from './bundle-status.ts';
import { writeModelFiles } from './model-files.ts';
import { SiteClock } from './site-clock.ts';
import { Staging, type StagingOptions } from './staging.ts';

export interface SiteBundlesOptions extends StagingOptions {
  readonly site: string;
  readonly key: TrustedKey;
  readonly source: BundleSource;
  /** Puts a bundle to work; resolves once requests are served by it. The same may come again. */
  readonly apply: (bundle: ActiveBundle) => Promise<void>;
  /** What is wrong with the site as it is now; undefined when all is well. */
  readonly problem: (signal: AbortSignal) => Promise<string | undefined>;
  readonly onEvent: (event: BundleEvent) => void;
  /** Whether the centre was reached. */
  readonly onHeard?: (reached: boolean) => void;
  /** Milliseconds between looks. @default 60_000 */
  readonly pollMs?: number;
  /** How long a new bundle has to do well, milliseconds. @default 120_000 */
  readonly watchMs?: number;
  readonly clock?: Clock;
  readonly timers?: Timers;
}

const PROBE_MS = 2_000;
/** Looks at the site in a row that must find nothing wrong. */
const PROOF = 3;
/** Starts with a bundle that has yet to prove itself. One that kills its process is not begun with for ever. */
const STARTS = 3;
const REMEMBERED = 16;

/** Keeps a site's bundle: looks for a newer one, checks it, fetches it, puts it to work, watches it, and goes back if it does not do well. */
export class SiteBundles {
  readonly #options: SiteBundlesOptions;
  readonly #staging: Staging;
  readonly #timers: Timers;
  readonly #file: string;
  readonly #over = new AbortController();
  #state!: BundleState;
  #clock!: SiteClock;
  #active: ActiveBundle | undefined;
  #tag: string | undefined;
  #stagingOf: number | undefined;
  #trouble: BundleStatus['trouble'];
  #running: Promise<void> | undefined;

  constructor(options: SiteBundlesOptions) {
    this.#options = options;
    this.#staging = new Staging(options);
    this.#timers = options.timers ?? systemTimers;
    this.#file = join(options.folder, 'state.json');
  }

  /** Puts the bundle to work that was active when the site stopped, wherever it was stopped. To be called once, first. */
  async open(): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
    this.#state = await readBundleState(this.#file);
    this.#clock = new SiteClock(this.#state.clock, this.#options.clock ?? systemClock, this.#timers);
    const { watch } = this.#state;
    if (watch !== undefined) {
      if (watch.starts >= STARTS) return this.#rollBack('The site did not stay up with it.');
      await this.#save({ watch: { starts: watch.starts + 1 } });
    }
    await this.#resume();
  }

  start(): void {
    this.#running ??= this.#run(this.#over.signal);
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#running;
  }

  /** What serves; undefined until a first bundle was taken. */
  get active(): ActiveBundle | undefined {
    return this.#active;
  }

  get clock(): Clock {
    return this.#clock;
  }

  status(): BundleStatus {
    return statusOf(this.#state, this.#active, {
      now: this.#clock.now(),
      staging: this.#stagingOf,
      trouble: this.#trouble,
    });
  }

  /** Looks once. Whatever goes wrong leaves the active bundle as it is, and is told by `status` and `onEvent`. */
  async look(signal: AbortSignal): Promise<void> {
    try {
      await this.#resume();
      if (this.#state.watch !== undefined) await this.#watch(signal);
      await this.#lookForNewer(signal);
      this.#trouble = undefined;
    } catch (error) {
      if (!signal.aborted) this.#failed(error);
    }
    // Time that went by is kept as well, or a site that is off and on would stay young.
    await this.#save({}).catch((error: unknown) => this.#failed(error));
  }

  /** Sees to it that what is active on disk is what serves. What the disk has damaged is fetched again, if the centre still has it. */
  async #resume(): Promise<void> {
    const { active, watch } = this.#state;
    if (active === undefined || this.#active?.digest === active.digest) return;
    try {
      await this.#putToWork(await this.#load(active));
    } catch (error) {
      this.#failed(error);
      if (watch !== undefined) await this.#rollBack(PlatformError.from(error).message);
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look(signal);
      await this.#timers.wait(this.#options.pollMs ?? 60_000, signal);
    }
  }

  async #lookForNewer(signal: AbortSignal): Promise<void> {
    const { source, onHeard = () => undefined, key, site } = this.#options;
    const latest = await source.latest(this.#tag, { signal }).catch((error: unknown) => {
      // Whoever refuses has been reached.
      if (!signal.aborted) onHeard(!PlatformError.from(error).retryable);
      throw error;
    });
    onHeard(true);
    if (latest === undefined) return;
    if (latest !== 'unchanged') {
      const now = this.#clock.now();
      const verified = verifyBundle(latest.envelope, { key, site, now });
      if (!this.#isKnown(verified)) await this.#take(verified, latest.envelope, signal);
      this.#tag = latest.tag;
    }
    await this.#save({ confirmedAt: this.#clock.now() });
    if (this.#state.watch !== undefined) await this.#watch(signal);
  }

  /** Whether it serves already, or did and is not to do so again. Throws `downgraded` for what is older than either. */
  #isKnown({ statement: { sequence }, digest }: VerifiedStatement): boolean {
    const { active, rejected, highest } = this.#state;
    if (rejected.some((each) => each.digest === digest)) return true;
    if (active?.digest === digest) return this.#active?.digest === digest;
    if (sequence <= highest)
      throw new BundleRefused(
        'downgraded',
        `The bundle has sequence ${sequence}, and this site has had ${highest}. Publish one with a higher sequence.`,
      );
    return false;
  }

  async #take(verified: VerifiedStatement, envelope: Uint8Array, signal: AbortSignal): Promise<void> {
    const { statement, digest } = verified;
    const { sequence } = statement;
    this.#stagingOf = sequence;
    try {
      const bundle: ActiveBundle = { ...verified, contents: await this.#staging.fetch(statement, signal) };
      // A site that is unwell already cannot tell what a new bundle does to it, and may be about to be helped by it.
      const canTell = this.#active !== undefined && (await this.#options.problem(signal)) === undefined;
      signal.throwIfAborted();
      const replaced = this.#state.active?.digest === digest ? this.#state.previous : this.#state.active;
      await this.#save({
        highest: sequence,
        active: { sequence, digest, envelope: Buffer.from(envelope).toString('utf8'), activatedAt: this.#clock.now() },
        previous: replaced,
        watch: canTell && replaced !== undefined ? { starts: 0 } : undefined,
      });
      await this.#putToWork(bundle);
      this.#options.onEvent({ kind: 'activated', sequence });
    } catch (error) {
      const known = PlatformError.from(error);
      // What may come right by itself is no fault of the bundle: it is taken up again by the next look.
      if (signal.aborted || known.retryable || this.#state.active?.digest !== digest) throw error;
      this.#failed(error);
      await this.#rollBack(known.message);
    } finally {
      this.#stagingOf = undefined;
    }
    await this.#tidy();
  }

  /** Until the active bundle has proven itself, or has not. */
  async #watch(signal: AbortSignal): Promise<void> {
    const { problem, watchMs = 120_000, onEvent } = this.#options;
    const until = this.#timers.now() + watchMs;
    for (let well = 0; !signal.aborted;) {
      const found = await problem(signal);
      if (signal.aborted) return;
      well = found === undefined ? well + 1 : 0;
      if (well >= PROOF) {
        await this.#save({ watch: undefined });
        onEvent({ kind: 'proven', sequence: this.#state.active!.sequence });
        return;
      }
      if (this.#timers.now() >= until) return this.#rollBack(found ?? 'It was well for too short a time.');
      await this.#timers.wait(PROBE_MS, signal);
    }
  }

  async #rollBack(problem: string): Promise<void> {
    const { active, previous, rejected } = this.#state;
    if (active === undefined || previous === undefined) return;
    const { sequence, digest } = active;
    const at = this.#clock.now();
    const remembered = [{ sequence, digest, problem, at }, ...rejected].slice(0, REMEMBERED);
    await this.#save({ active: previous, previous: undefined, watch: undefined, rejected: remembered });
    await this.#putToWork(await this.#load(previous));
    this.#options.onEvent({ kind: 'rolled-back', sequence, to: previous.sequence, problem });
    await this.#tidy();
  }

  async #putToWork(bundle: ActiveBundle): Promise<void> {
    await writeModelFiles(this.#options.modelsFolder, bundle.contents.models.weights);
    await this.#options.apply(bundle);
    this.#active = bundle;
  }

  /** A bundle that was taken, from disk: checked as it was when it came, but for its dates. */
  async #load({ envelope }: Taken): Promise<ActiveBundle> {
    const { key, site } = this.#options;
    const verified = verifyBundle(Buffer.from(envelope, 'utf8'), { key, site });
    return { ...verified, contents: await this.#staging.load(verified.statement.parts) };
  }

  async #tidy(): Promise<void> {
    const { active, previous } = this.#state;
    const kept = [active, previous].filter((each) => each !== undefined);
    // Room that is not given back is a nuisance, and no reason to give up what serves.
    await Promise.all(kept.map((each) => this.#load(each))).then(
      (bundles) => this.#staging.keepOnly(bundles),
      (error: unknown) => this.#failed(error),
    );
  }

  async #save(change: Partial<BundleState>): Promise<void> {
    const next = { ...this.#state, ...change, clock: this.#clock.now() };
    await writeBundleState(this.#file, next).catch((error: NodeJS.ErrnoException) => {
      const full = error.code === 'ENOSPC';
      throw new PlatformError(full ? 'disk_full' : 'storage_failed', "The site's state could not be written.", {
        cause: error,
      });
    });
    this.#state = next;
  }

  #failed(error: unknown): void {
    const known = PlatformError.from(error);
    this.#trouble = { reason: known instanceof BundleRefused ? known.reason : known.code, message: known.message };
    this.#options.onEvent({ kind: 'failed', error: known });
  }
}
