import type { Context } from 'hono';
import { nodeBindings } from './read-body.ts';

/** Aborted when the client goes away before its answer was sent. */
export function clientSignal(context: Context): AbortSignal {
  const node = nodeBindings(context);
  if (node === undefined) return context.req.raw.signal;
  const controller = new AbortController();
  const { outgoing } = node;
  if (outgoing.destroyed) controller.abort();
  else outgoing.once('close', () => void (outgoing.writableFinished || controller.abort()));
  return controller.signal;
}
