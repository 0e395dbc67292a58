import { PlatformError } from '@plinth/contracts';
import type { Context } from 'hono';
import { nodeBindings } from './node-bindings.ts';

/** A request's body as it comes, at the pace of who reads it. Whoever stops reading leaves the connection as it is, so that an answer can be sent. */
export async function* bodyStream(context: Context): AsyncGenerator<Uint8Array> {
  const node = nodeBindings(context);
  try {
    if (node !== undefined) yield* node.incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    // Node's own streams of the web are iterable, which the browser's types do not say.
    else if (context.req.raw.body !== null) yield* context.req.raw.body as unknown as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw new PlatformError('client_closed', 'The client closed the connection before its request was read.', {
      cause: error,
    });
  }
}
