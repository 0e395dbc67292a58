import type { ChatCompletion } from '@plinth/contracts';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import { nodeBindings } from './node-bindings.ts';

/** Answers with one JSON body. */
export function wholeAnswer(context: Context, completion: ChatCompletion): Response {
  const node = nodeBindings(context);
  if (node === undefined) return context.json(completion);
  const body = JSON.stringify(completion);
  node.outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  node.outgoing.end(body);
  return RESPONSE_ALREADY_SENT;
}
