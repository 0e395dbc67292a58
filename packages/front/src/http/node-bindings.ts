import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';

/** Whether a request came over Node's HTTP server, whose streams are then used directly: web streams cost several times as much a chunk. */
export function nodeBindings(context: Context): HttpBindings | undefined {
  const env = context.env as Partial<HttpBindings> | undefined;
  return env?.incoming !== undefined && env.outgoing !== undefined ? (env as HttpBindings) : undefined;
}

/** A request header, lower-case name. On Node straight from its parsed headers: a Headers object for each request costs more than the look-up. */
export function requestHeader(context: Context, name: 'authorization' | 'content-length'): string | undefined {
  const node = nodeBindings(context);
  return node === undefined ? context.req.header(name) : node.incoming.headers[name];
}
