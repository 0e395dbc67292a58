import type { IngestJob } from '@plinth/retrieval';
import type { Progress } from './ingester.ts';

/** A job this worker holds the lease of, waiting for its turn or running. */
export class HeldJob {
  readonly job: IngestJob;
  readonly controller = new AbortController();
  /** The lease is another's, or may be: what was made of the job is not written. */
  lost = false;
  leasedUntil: number;
  #progress: Progress = { step: 'parse', done: 0, total: 1 };
  #told = true;

  constructor(job: IngestJob, leasedUntil: number) {
    this.job = job;
    this.leasedUntil = leasedUntil;
  }

  get progress(): Progress {
    return this.#progress;
  }

  set progress(progress: Progress) {
    this.#progress = progress;
    this.#told = false;
  }

  /** Whether there is something to say, or the lease has run for `after` of its milliseconds. */
  due(now: number, lease: { readonly leaseMs: number; readonly renewMs: number }): boolean {
    return !this.#told || this.leasedUntil - now <= lease.leaseMs - lease.renewMs;
  }

  told(leasedUntil: number): void {
    this.#told = true;
    this.leasedUntil = leasedUntil;
  }

  lose(): void {
    this.lost = true;
    this.controller.abort(new Error('The lease of the job was lost.'));
  }
}
