import { Worker } from 'node:worker_threads';
import { PlatformError } from '@plinth/contracts';
import type { SourceDocument } from '../ports/document.ts';
import { parseDocument } from './parse.ts';

/** What the child answers for a document. */
export type ChildAnswer =
  | { readonly ok: true; readonly document: Awaited<ReturnType<typeof parseDocument>> }
  | { readonly ok: false; readonly code: PlatformError['code']; readonly message: string };

/** The other thread looks while this one may be in a loop: a document that takes too much memory ends the process, and nothing else. */
const WATCH = `
const { workerData } = require('node:worker_threads');
setInterval(() => {
  if (process.memoryUsage.rss() > workerData) process.kill(process.pid, 'SIGKILL');
}, 20);
`;
new Worker(WATCH, { eval: true, workerData: Number(process.argv[2]), env: {} }).unref();

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
