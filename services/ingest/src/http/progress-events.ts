import { PlatformError } from '@plinth/contracts';
import { EVENT_STREAM_HEADERS, type FrontContext } from '@plinth/front';
import type { DocumentRecord } from '@plinth/retrieval';
import type { Timers } from '../work/timers.ts';
import { documentView } from './document-view.ts';

const LOOK_EVERY_MS = 500;
/** A comment keeps proxies from closing a quiet connection. */
const QUIET_MS = 15_000;
const LONGEST_MS = 600_000;
/** Watchers of one process: each looks into the database twice a second. */
const WATCHERS = 32;

/** Documents being watched, as server-sent events: `document` whenever it changes, and last of all when it is indexed, failed or gone. */
export class ProgressEvents {
  readonly #timers: Timers;
  #watchers = 0;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** @param look The document as its watcher may see it now. Throws `overloaded` where too many are watched. */
  stream(context: FrontContext, look: () => Promise<DocumentRecord | undefined>): Response {
    if (this.#watchers >= WATCHERS)
      throw new PlatformError(
        'overloaded',
        'Too many documents are being watched. Ask for the document itself now and then.',
        {
          retryAfterSeconds: 5,
        },
      );
    this.#watchers += 1;
    const gone = new AbortController();
    const events = this.#events(look, gone.signal);
    const bytes = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const next = await events.next();
        if (next.done === true) controller.close();
        else controller.enqueue(bytes.encode(next.value));
      },
      cancel: async () => {
        gone.abort();
        await events.return(undefined);
      },
    });
    return context.body(body, 200, EVENT_STREAM_HEADERS);
  }

  async *#events(look: () => Promise<DocumentRecord | undefined>, signal: AbortSignal): AsyncGenerator<string> {
    try {
      const start = this.#timers.now();
      let before = '';
      let saidAt = start;
      while (!signal.aborted && this.#timers.now() - start < LONGEST_MS) {
        const record = await look();
        if (record === undefined) {
          yield 'event: gone\ndata: {}\n\n';
          return;
        }
        const now = JSON.stringify(documentView(record));
        if (now !== before) yield `event: document\ndata: ${now}\n\n`;
        else if (this.#timers.now() - saidAt >= QUIET_MS) yield ': still here\n\n';
        if (now !== before || this.#timers.now() - saidAt >= QUIET_MS) saidAt = this.#timers.now();
        before = now;
        if (record.state === 'indexed' || record.state === 'failed') return;
        await this.#timers.wait(LOOK_EVERY_MS, signal);
      }
    } finally {
      this.#watchers -= 1;
    }
  }
}
