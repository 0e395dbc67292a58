import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { getItem, waits } from '../../api/sites/async-items.ts';
import type { AsyncItem } from '../../api/sites/async-items.ts';
import type { Endpoint } from '../../api/endpoint.ts';
import { attempt } from '../attempt.ts';

export interface OutboxState {
  /** Newest first. Answers stand in those that were read. */
  readonly items: ReadonlySignal<readonly AsyncItem[]>;
  /** The item that ended last while it was watched. */
  readonly delivered: ReadonlySignal<AsyncItem | undefined>;
}

/** What a site keeps for this key, and what came of it. */
export function createOutbox() {
  const items = signal<readonly AsyncItem[]>([]);
  const delivered = signal<AsyncItem | undefined>(undefined);

  /** Answers that were read stay read: lists come without them. */
  function saw(seen: readonly AsyncItem[]): void {
    const before = new Map(items.value.map((item) => [item.id, item]));
    items.value = seen.map((item) => ({ ...item, answer: item.answer ?? before.get(item.id)?.answer }));
    const ended = items.value.find(({ id, status }) => {
      const was = before.get(id);
      return was !== undefined && waits(was) && !waits({ status });
    });
    if (ended !== undefined) delivered.value = ended;
  }

  return {
    items,
    delivered,
    saw,
    /** One that has just come. */
    add: (item: AsyncItem) => saw([item, ...items.value.filter(({ id }) => id !== item.id)]),
    /** Reads an answer that is there and was not read yet. A failure is tried again by the next time. */
    async read(at: Endpoint, key: string, id: string, stop: AbortSignal): Promise<void> {
      const item = items.value.find((each) => each.id === id);
      if (item?.status !== 'completed' || item.answer !== undefined) return;
      const result = await attempt(() => getItem(at, key, id, stop));
      if (stop.aborted || result.status !== 'ready') return;
      items.value = items.value.map((each) => (each.id === id ? result.value : each));
    },
    clear() {
      items.value = [];
      delivered.value = undefined;
    },
  };
}
