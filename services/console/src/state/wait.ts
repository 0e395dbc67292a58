/** Waits, or less when the signal aborts; resolves either way. */
export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** The browser's clock. */
export const browserWait: Wait = (milliseconds, signal) =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
