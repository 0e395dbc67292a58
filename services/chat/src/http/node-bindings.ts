import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';

/** Whether a request came over Node's HTTP server, whose streams are then used directly: web streams cost several times as much a chunk. */
export function nodeBindings(context: Context): HttpBindings | undefined {
  const env = context.env as Partial<HttpBindings> | undefined;
  return env?.incoming !== undefined && env.outgoing !== undefined ? (env as HttpBindings) : undefined;
}
