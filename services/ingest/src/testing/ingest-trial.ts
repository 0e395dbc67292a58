import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HybridRetriever, SqlLibrary } from '@plinth/retrieval';
import { openEmbeddedDatabase } from '@plinth/retrieval/embedded';
import { openEmbeddedObjects } from '@plinth/stores/objects/embedded';
import { expect } from 'vitest';
import { HashEmbedder } from './simple-steps.ts';

export const TRIAL = { tenant: 'acme', group: 'staff', dimensions: 16, leaseMs: 1_000 } as const;

/** A step of the trial: mostly a new document; every tenth sends the one before again, changed; every 25th takes one away. */
export function trialDocument(number: number): { documentId: string; text: string; forgotten: boolean } {
  const about = number % 10 === 9 ? number - 1 : number % 25 === 20 ? number - 5 : number;
  const lines = Array.from(
    { length: 2 + (number % 4) },
    (_, line) => `marker${number} line${line} of document ${about}`,
  );
  return {
    documentId: `d${about}.txt`,
    // Some lines are in many documents.
    text: ['A line that all of them share', ...lines].join('\n'),
    forgotten: number % 25 === 20,
  };
}

/** A process that ingests, killed again and again, and what must hold whenever it has been. */
export class IngestTrial {
  readonly #folder: string;
  /** The first step that nobody was promised to be kept. */
  #next = 0;
  kills = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get accepted(): number {
    return this.#next;
  }

  /** Runs up to step `last`, killed once it has said `bytes` bytes; without them, to its end. @returns What ended it. */
  async run(last: number, bytes = Number.POSITIVE_INFINITY): Promise<'killed' | 'finished'> {
    const said = join(this.#folder, 'said');
    const file = await open(said, 'w+');
    const writer = fileURLToPath(new URL('./ingest-writer.ts', import.meta.url));
    const args = ['--import', 'tsx', writer, this.#folder, String(this.#next), String(last)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', file.fd, 'inherit'] });
    const ended = once(child, 'close') as Promise<[number | null, string | null]>;
    const watch = setInterval(() => {
      if (statSync(said).size >= bytes) child.kill('SIGKILL');
    }, 2);
    const [code, by] = await ended;
    clearInterval(watch);
    await file.close();
    for (const line of (await readFile(said, 'utf8')).split('\n').slice(0, -1)) {
      const [what, number] = line.split(' ');
      if (what === 'accepted') this.#next = Number(number) + 1;
    }
    if (by === 'SIGKILL') {
      this.kills += 1;
      return 'killed';
    }
    expect(code).toBe(0);
    return 'finished';
  }

  /** Every document that was acknowledged is found once, in its newest version, by each of its lines; nothing else is; no job is left. */
  async check(): Promise<void> {
    const database = await openEmbeddedDatabase({ folder: join(this.#folder, 'database'), sharedBuffersMb: 64 });
    try {
      const reader = { tenant: TRIAL.tenant, principal: 'ann', groups: [TRIAL.group] };
      const retriever = new HybridRetriever({ database, embedder: new HashEmbedder(TRIAL.dimensions) });
      const library = new SqlLibrary({ database });
      const objects = await openEmbeddedObjects({ folder: join(this.#folder, 'objects') });
      const { signal } = new AbortController();
      const wanted = new Map<string, { number: number; text: string }>();
      for (let number = 0; number < this.#next; number++) {
        const { documentId, text, forgotten } = trialDocument(number);
        if (forgotten) wanted.delete(documentId);
        else wanted.set(documentId, { number, text });
      }
      for (const [documentId, { number, text }] of wanted) {
        const found = await retriever.retrieve(
          { text: `marker${number}`, reader, limit: 100, method: 'lexical' },
          { signal },
        );
        const passages = found.passages.map(({ passage }) => passage);
        expect(new Set(passages.map((passage) => passage.documentId)), documentId).toEqual(new Set([documentId]));
        expect(passages.map((passage) => passage.text).sort()).toEqual(text.split('\n').slice(1).sort());
        const key = await library.objectKey(reader, documentId);
        expect(await objects.head(key!), documentId).toBeDefined();
      }
      const counts = await database.transaction({ role: 'owner' }, async (sql) => {
        const [documents] = await sql.query<{ n: number }>('SELECT count(*)::integer AS n FROM plinth.documents');
        const [passages] = await sql.query<{ n: number }>('SELECT count(*)::integer AS n FROM plinth.passages');
        const [vectors] = await sql.query<{ n: number }>('SELECT count(*)::integer AS n FROM plinth.vectors_1');
        const [open] = await sql.query<{ n: number }>(
          `SELECT count(*)::integer AS n FROM plinth.jobs WHERE state <> 'done'`,
        );
        return { documents: documents!.n, passages: passages!.n, vectors: vectors!.n, open: open!.n };
      });
      const lines = [...wanted.values()].reduce((sum, { text }) => sum + text.split('\n').length, 0);
      expect(counts).toEqual({ documents: wanted.size, passages: lines, vectors: lines, open: 0 });
    } finally {
      await database.close();
    }
  }
}
