/** Work that Ctrl-C ends in order: its calls are aborted, and the platform stops with them. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupt = new AbortController();
  const stop = () => interrupt.abort();
  process.once('SIGINT', stop);
  try {
    return await work(interrupt.signal);
  } finally {
    process.off('SIGINT', stop);
  }
}
