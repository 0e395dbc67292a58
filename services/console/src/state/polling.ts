import type { Visibility } from './visibility.ts';
import type { Wait } from './wait.ts';

/** What a look found: news, nothing new, a failure, or that nothing will ever change again. */
export type Seen = 'changed' | 'same' | 'failed' | 'over';

export interface Watch {
  wait: Wait;
  visibility: Visibility;
}

export interface Polling {
  /** Looks at once, also where the looking was over. */
  soon(): void;
  stop(): void;
}

/** Time between two looks, milliseconds: shortest while there is news, longer with each look that finds none. */
export const SHORTEST_MS = 2_000;
export const LONGEST_MS = 30_000;

/**
 * Looks again and again: less often while nothing changes or looking fails, not at all while the page is hidden, and at once when it is seen
 * again. @param look Must not throw.
 */
export function startPolling(look: (signal: AbortSignal) => Promise<Seen>, { wait, visibility }: Watch): Polling {
  const whole = new AbortController();
  let nap = new AbortController();
  let again = false;
  let running = false;

  function soon(): void {
    again = true;
    nap.abort();
    if (!running && !whole.signal.aborted) void run();
  }

  async function run(): Promise<void> {
    running = true;
    let pause = SHORTEST_MS;
    while (!whole.signal.aborted) {
      if (visibility.hidden()) break;
      again = false;
      nap = new AbortController();
      const seen = await look(whole.signal);
      if (again) pause = SHORTEST_MS;
      else if (seen === 'over') break;
      else {
        pause = seen === 'changed' ? SHORTEST_MS : Math.min(pause * 1.5, LONGEST_MS);
        await wait(pause, AbortSignal.any([whole.signal, nap.signal]));
        if (again) pause = SHORTEST_MS;
      }
    }
    running = false;
  }

  const deaf = visibility.onChange(() => {
    if (!visibility.hidden()) soon();
  });
  void run();
  return {
    soon,
    stop() {
      deaf();
      whole.abort();
    },
  };
}
