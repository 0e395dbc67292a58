import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { hasEnded } from '../../api/batches/batches.ts';
import type { Batch } from '../../api/batches/batches.ts';
import { addSample, sampleOf } from './throughput.ts';
import type { Sample } from './throughput.ts';

export interface Sightings {
  /** What was seen of each batch that is under way, by its id. */
  readonly samples: ReadonlySignal<ReadonlyMap<string, readonly Sample[]>>;
  /** Batches that changed their state since they were last seen, newest; for a screen reader. */
  readonly news: ReadonlySignal<Batch | undefined>;
  /** Whoever looks at batches tells here what it saw. @param at Epoch milliseconds. */
  saw(batches: readonly Batch[], at: number): void;
  clear(): void;
}

/** Remembers what was seen of batches by the list and by the page of one, so that either can draw how they went. */
export function createSightings(): Sightings {
  const samples = signal<ReadonlyMap<string, readonly Sample[]>>(new Map());
  const news = signal<Batch | undefined>(undefined);
  const states = new Map<string, Batch['status']>();

  return {
    samples,
    news,
    saw(batches, at) {
      const next = new Map(samples.value);
      for (const batch of batches) {
        const before = states.get(batch.id);
        states.set(batch.id, batch.status);
        if (before !== undefined && before !== batch.status) news.value = batch;
        // What has ended is seen once more, with all of it done.
        const known = next.get(batch.id);
        if (batch.status === 'in_progress' || (known !== undefined && before === 'in_progress' && hasEnded(batch)))
          next.set(batch.id, addSample(known ?? [], sampleOf(batch, at)));
      }
      samples.value = next;
    },
    clear() {
      samples.value = new Map();
      news.value = undefined;
      states.clear();
    },
  };
}
