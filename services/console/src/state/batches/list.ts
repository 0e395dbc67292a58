import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { listBatches } from '../../api/batches/batches.ts';
import type { BatchPage } from '../../api/batches/batches.ts';
import type { Endpoint } from '../../api/endpoint.ts';
import type { Problem } from '../../api/problem.ts';
import { batchProblem } from '../../text/batch-problems.ts';
import { attempt, IDLE, LOADING } from '../attempt.ts';
import type { Loaded } from '../attempt.ts';
import type { FileNames } from './file-names.ts';
import { startPolling } from '../polling.ts';
import type { Polling, Seen, Watch } from '../polling.ts';
import type { Sightings } from './sightings.ts';

export interface BatchListState {
  /** Ready with none at all where this platform runs no batches. */
  readonly page: ReadonlySignal<Loaded<BatchPage | undefined>>;
  /** Counted from 1. */
  readonly pageNumber: ReadonlySignal<number>;
  /** Why the last look failed, while the page shows what was seen before. */
  readonly stale: ReadonlySignal<Problem | undefined>;
  /** Looks again and again; returns what stops it. */
  watch(): () => void;
  refresh(): void;
  next(): void;
  previous(): void;
  clear(): void;
}

/** Batches on a page. */
export const PAGE_SIZE = 20;

export interface ListParts {
  endpoint: Endpoint;
  key: () => string | undefined;
  files: FileNames;
  sightings: Sightings;
  watch: Watch;
}

export function createBatchList({ endpoint, key, files, sightings, watch }: ListParts): BatchListState {
  const page = signal<Loaded<BatchPage | undefined>>(IDLE);
  const pageNumber = signal(1);
  const stale = signal<Problem | undefined>(undefined);
  /** Where each page up to this one starts. */
  let starts: (string | undefined)[] = [undefined];
  let polling: Polling | undefined;

  async function look(stop: AbortSignal): Promise<Seen> {
    const held = key();
    if (held === undefined) return 'over';
    const asked = starts;
    if (page.value.status !== 'ready') page.value = LOADING;
    const result = await attempt(() =>
      listBatches(endpoint, held, { after: asked.at(-1), limit: PAGE_SIZE, signal: stop }),
    );
    // Another page was turned to, or nobody looks any more.
    if (stop.aborted || asked !== starts || key() !== held) return 'same';
    if (result.status === 'failed') return failed(batchProblem(result.problem));
    stale.value = undefined;
    pageNumber.value = asked.length;
    const seen = JSON.stringify(result) === JSON.stringify(page.value) ? 'same' : 'changed';
    page.value = result;
    const found = result.status === 'ready' ? result.value : undefined;
    if (found === undefined) return 'over';
    sightings.saw(found.batches, endpoint.now());
    void files.learn(found.batches.flatMap(({ name, inputFileId }) => (name === undefined ? [inputFileId] : [])));
    return seen;
  }

  function failed(problem: Problem): Seen {
    const passes = problem.remedy === 'retry';
    if (page.value.status === 'ready' && passes) stale.value = problem;
    else page.value = { status: 'failed', problem };
    return passes ? 'failed' : 'over';
  }

  function turnTo(next: (string | undefined)[]): void {
    starts = next;
    polling?.soon();
  }

  return {
    page,
    pageNumber,
    stale,
    watch() {
      const mine = startPolling(look, watch);
      polling = mine;
      return () => mine.stop();
    },
    refresh: () => polling?.soon(),
    next() {
      if (page.value.status === 'ready' && page.value.value?.next !== undefined)
        turnTo([...starts.slice(0, pageNumber.value), page.value.value.next]);
    },
    previous() {
      if (starts.length > 1) turnTo(starts.slice(0, -1));
    },
    clear() {
      starts = [undefined];
      page.value = IDLE;
      pageNumber.value = 1;
      stale.value = undefined;
    },
  };
}
