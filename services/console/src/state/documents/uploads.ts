import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { Endpoint } from '../../api/endpoint.ts';
import { getDocument, uploadDocument } from '../../api/rag/documents.ts';
import type { DocumentEntry } from '../../api/rag/documents.ts';
import { problemOf } from '../attempt.ts';
import type { Wait } from '../wait.ts';

/** A file on its way into the index. The last three are final. */
export interface Upload {
  id: number;
  name: string;
  bytes: number;
  state: 'waiting' | 'sending' | 'queued' | 'running' | 'indexed' | 'unchanged' | 'failed';
  progress?: DocumentEntry['progress'];
  /** Why it failed, in words. */
  reason?: string;
}

export interface UploadsState {
  readonly uploads: ReadonlySignal<readonly Upload[]>;
  /** Sends files and follows each until it is indexed or failed; resolves when all are. */
  send(files: readonly File[], groups: readonly string[]): Promise<void>;
  /** Takes what is final off the list. */
  tidy(): void;
  clear(): void;
}

export interface UploadsParts {
  endpoint: Endpoint;
  key: () => string | undefined;
  wait: Wait;
  /** Told when a file reached its end. */
  onSettled: () => void;
}

/** Files on the wire at once. */
const AT_ONCE = 3;
/** How often a document is asked for: at first, and at the longest. Milliseconds. */
const FIRST_LOOK_MS = 400;
const LONGEST_LOOK_MS = 5_000;
/** A failed look is no failed document; this many in a row are reported. */
const LOST_LOOKS = 5;

export function createUploads({ endpoint, key, wait, onSettled }: UploadsParts): UploadsState {
  const uploads = signal<readonly Upload[]>([]);
  let controller = new AbortController();
  let lastId = 0;

  function change(id: number, part: Partial<Upload>): void {
    uploads.value = uploads.value.map((upload) => (upload.id === id ? { ...upload, ...part } : upload));
  }

  async function bring(
    id: number,
    file: File,
    groups: readonly string[],
    held: string,
    signal: AbortSignal,
  ): Promise<void> {
    change(id, { state: 'sending' });
    try {
      const accepted = await uploadDocument(endpoint, held, { file, groups, signal });
      if (accepted.unchanged) change(id, { state: 'unchanged' });
      else {
        change(id, { state: 'queued' });
        await follow(id, accepted, held, signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      const { title, advice, detail } = problemOf(error);
      change(id, { state: 'failed', reason: detail ?? `${title} ${advice}` });
    }
    onSettled();
  }

  /** Asks for the document now and then, less often the longer it takes. */
  async function follow(
    id: number,
    { id: documentId, version }: { id: string; version: number },
    held: string,
    signal: AbortSignal,
  ): Promise<void> {
    let lost = 0;
    for (let pause = FIRST_LOOK_MS; !signal.aborted; pause = Math.min(pause * 1.5, LONGEST_LOOK_MS)) {
      await wait(pause, signal);
      if (signal.aborted) return;
      try {
        const entry = await getDocument(endpoint, held, documentId, signal);
        lost = 0;
        // A newer version has taken its place, and is followed by whoever sent it.
        const state = entry.version > version ? 'indexed' : entry.state;
        change(id, {
          state,
          progress: entry.progress,
          ...(entry.reason === undefined ? {} : { reason: entry.reason }),
        });
        if (state === 'indexed' || state === 'failed') return;
      } catch (error) {
        lost += 1;
        if (lost >= LOST_LOOKS) throw error;
      }
    }
  }

  return {
    uploads,
    async send(files, groups) {
      const held = key();
      if (held === undefined || groups.length === 0) return;
      const { signal } = controller;
      const queue = files.map((file) => {
        lastId += 1;
        return { id: lastId, file };
      });
      uploads.value = [
        ...queue.map(({ id, file }) => ({ id, name: file.name, bytes: file.size, state: 'waiting' as const })),
        ...uploads.value,
      ];
      const lane = async () => {
        for (let next = queue.shift(); next !== undefined && !signal.aborted; next = queue.shift())
          await bring(next.id, next.file, groups, held, signal);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
    },
    tidy() {
      uploads.value = uploads.value.filter(({ state }) => !isSettled(state));
    },
    clear() {
      controller.abort();
      controller = new AbortController();
      uploads.value = [];
    },
  };
}

export function isSettled(state: Upload['state']): boolean {
  return state === 'indexed' || state === 'unchanged' || state === 'failed';
}
