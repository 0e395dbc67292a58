/**
 * A response whose body is pulled out of an async iterator as fast as the client reads, and no faster. `onGone` is called when the client
 * leaves: a generator that waits for its source cannot be told otherwise.
 */
export function streamResponse(
  chunks: AsyncIterable<Uint8Array>,
  { headers, onGone }: { headers: Record<string, string>; onGone: () => void },
): Response {
  const iterator = chunks[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      onGone();
      await iterator.return?.();
    },
  });
  return new Response(body, { headers });
}

/** A signal for one request, fired when its connection breaks and by `abort()`. */
export function requestAbort(request: Request): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: AbortSignal.any([request.signal, controller.signal]), abort: () => controller.abort() };
}
