import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { Endpoint } from '../../api/endpoint.ts';
import { deleteDocument, listDocuments } from '../../api/rag/documents.ts';
import type { DocumentPage } from '../../api/rag/documents.ts';
import { ownGroups } from '../../api/rag/service.ts';
import type { Problem } from '../../api/problem.ts';
import { attempt, IDLE, LOADING, problemOf } from '../attempt.ts';
import type { Loaded } from '../attempt.ts';

export interface LibraryState {
  readonly page: ReadonlySignal<Loaded<DocumentPage>>;
  /** Counted from 1. */
  readonly pageNumber: ReadonlySignal<number>;
  /** Groups an upload may be opened to; undefined until they are known. */
  readonly groups: ReadonlySignal<readonly string[] | undefined>;
  /** What went wrong with a deletion. */
  readonly problem: ReadonlySignal<Problem | undefined>;
  /** Reads the first page and the caller's groups. */
  open(): Promise<void>;
  refresh(): Promise<void>;
  next(): Promise<void>;
  previous(): Promise<void>;
  remove(id: string): Promise<void>;
  clear(): void;
}

/** Documents on a page. */
export const PAGE_SIZE = 20;

export function createLibrary(endpoint: Endpoint, key: () => string | undefined): LibraryState {
  const page = signal<Loaded<DocumentPage>>(IDLE);
  const pageNumber = signal(1);
  const groups = signal<readonly string[] | undefined>(undefined);
  const problem = signal<Problem | undefined>(undefined);
  /** Where each page up to this one starts. */
  let starts: (string | undefined)[] = [undefined];
  let round = 0;

  async function load(): Promise<void> {
    const held = key();
    if (held === undefined) return;
    round += 1;
    const mine = round;
    if (page.value.status !== 'ready') page.value = LOADING;
    const after = starts.at(-1);
    const result = await attempt(() => listDocuments(endpoint, held, { after, limit: PAGE_SIZE }));
    // A later reading, or signing out, has overtaken this one.
    if (mine !== round) return;
    page.value = result;
    pageNumber.value = starts.length;
  }

  /** A service that does not tell the groups still shows them on the documents. */
  async function readGroups(held: string): Promise<void> {
    try {
      const own = await ownGroups(endpoint, held);
      if (key() === held) groups.value = own ?? groupsSeen(page.value);
    } catch (error) {
      problem.value = problemOf(error);
      groups.value = groupsSeen(page.value);
    }
  }

  return {
    page,
    pageNumber,
    groups,
    problem,
    async open() {
      starts = [undefined];
      await load();
      const held = key();
      if (held !== undefined && groups.value === undefined) await readGroups(held);
    },
    refresh: load,
    async next() {
      if (page.value.status !== 'ready' || page.value.value.next === undefined) return;
      starts = [...starts, page.value.value.next];
      await load();
    },
    async previous() {
      if (starts.length === 1) return;
      starts = starts.slice(0, -1);
      await load();
    },
    async remove(id) {
      const held = key();
      if (held === undefined) return;
      problem.value = undefined;
      try {
        await deleteDocument(endpoint, held, id);
      } catch (error) {
        problem.value = problemOf(error);
      }
      await load();
    },
    clear() {
      round += 1;
      starts = [undefined];
      page.value = IDLE;
      groups.value = undefined;
      problem.value = undefined;
    },
  };
}

function groupsSeen(page: Loaded<DocumentPage>): string[] {
  return page.status === 'ready' ? [...new Set(page.value.entries.flatMap((entry) => entry.groups))].sort() : [];
}
