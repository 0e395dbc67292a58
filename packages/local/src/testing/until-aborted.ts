/** Resolves when the signal fires, also when it has fired already: a gate for an engine that says nothing until it is cancelled. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
