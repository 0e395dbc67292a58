import type { Context } from 'hono';
import { nodeBindings } from './node-bindings.ts';

/** The controller of one request: aborted when its client goes away before the answer was sent, and by whoever ends the request sooner. */
export function clientController(context: Context): AbortController {
  const controller = new AbortController();
  const node = nodeBindings(context);
  if (node === undefined) context.req.raw.signal.addEventListener('abort', () => controller.abort(), { once: true });
  else if (node.outgoing.destroyed) controller.abort();
  else node.outgoing.once('close', () => void (node.outgoing.writableFinished || controller.abort()));
  return controller;
}
