import { Worker } from 'node:worker_threads';
import { PlatformError } from '@plinth/contracts';
import type { ParsedDocument, SourceDocument } from '../ports/document.ts';
import { parseDocument } from './parse.ts';

/** The first thing the child says. */
export interface ChildReady {
  readonly ready: true;
}

/** What the child answers for a document. */
export type ChildAnswer =
  | { readonly ok: true; readonly document: ParsedDocument }
  | { readonly ok: false; readonly code: PlatformError['code']; readonly message: string };

/**
 * The other thread looks while this one may be in a loop: a document that takes too much memory ends the process, and nothing else; and so
 * does the death of the parent, of which a loop would not hear.
 */
const WATCH = `
const { memoryBytes, parent } = require('node:worker_threads').workerData;
setInterval(() => {
  if (process.memoryUsage.rss() > memoryBytes || process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, 20);
`;
const [memoryBytes, parent] = process.argv.slice(2).map(Number);
new Worker(WATCH, { eval: true, workerData: { memoryBytes, parent }, env: {} }).unref();

// Sent to the whole group when someone stops the service: when this process ends is for the parent to say.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
// What a library left behind of one document must not end the next one; a document that never settles has its time.
process.on('unhandledRejection', () => undefined);
process.on('disconnect', () => process.exit(0));
process.on('message', (source: SourceDocument) => {
  parseDocument(source).then(
    (document) => process.send?.({ ok: true, document } satisfies ChildAnswer),
    (error: unknown) => {
      const { code, message } =
        error instanceof PlatformError
          ? error
          : new PlatformError('invalid_request', 'The document is broken, and cannot be read.');
      process.send?.({ ok: false, code, message } satisfies ChildAnswer);
    },
  );
});
process.send?.({ ready: true } satisfies ChildReady);
