import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { getFile } from '../../api/batches/files.ts';
import type { BatchFile } from '../../api/batches/files.ts';
import type { Endpoint } from '../../api/endpoint.ts';
import { problemOf } from '../attempt.ts';

export interface FileNames {
  /** Files that are known by now; `deleted` where there is none any more. */
  readonly files: ReadonlySignal<ReadonlyMap<string, BatchFile | 'deleted'>>;
  /** Asks what files are called, those that are not known yet. A file that cannot be asked for keeps its id for a name. */
  learn(ids: readonly string[]): Promise<void>;
  know(file: BatchFile): void;
  clear(): void;
}

/** Questions on the wire at once. */
const AT_ONCE = 4;

/** A batch names its files by id only: this finds what they are called, once each. */
export function createFileNames(endpoint: Endpoint, key: () => string | undefined): FileNames {
  const files = signal<ReadonlyMap<string, BatchFile | 'deleted'>>(new Map());
  const asked = new Set<string>();

  function keep(id: string, file: BatchFile | 'deleted'): void {
    files.value = new Map(files.value).set(id, file);
  }

  async function ask(held: string, id: string): Promise<void> {
    try {
      const file = await getFile(endpoint, held, id);
      if (key() === held) keep(id, file ?? 'deleted');
    } catch (error) {
      console.warn(`The name of ${id} could not be read: ${problemOf(error).title}`);
      // Asked again at the next look.
      asked.delete(id);
    }
  }

  return {
    files,
    async learn(ids) {
      const held = key();
      if (held === undefined) return;
      const queue = [...new Set(ids)].filter((id) => id !== '' && !asked.has(id) && !files.value.has(id));
      for (const id of queue) asked.add(id);
      const lane = async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) await ask(held, next);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
    },
    know: (file) => keep(file.id, file),
    clear() {
      files.value = new Map();
      asked.clear();
    },
  };
}
