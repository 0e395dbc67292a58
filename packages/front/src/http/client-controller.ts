import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';
import { nodeBindings } from './node-bindings.ts';

/** The controller of one request: aborted when its client goes away before the answer was sent, and by whoever ends the request sooner. */
export function clientController(context: Context): AbortController {
  const node = nodeBindings(context);
  if (node !== undefined) return nodeController(node.outgoing);
  const controller = new AbortController();
  context.req.raw.signal.addEventListener('abort', () => controller.abort(), { once: true });
  return controller;
}

/** The same, of a request over Node's HTTP server. */
export function nodeController(
  outgoing: Pick<ServerResponse, 'destroyed' | 'once' | 'writableFinished'>,
): AbortController {
  const controller = new AbortController();
  if (outgoing.destroyed) controller.abort();
  else outgoing.once('close', () => void (outgoing.writableFinished || controller.abort()));
  return controller;
}
