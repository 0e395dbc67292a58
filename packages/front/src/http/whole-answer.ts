import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { ChatCompletion } from '@plinth/contracts';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import { nodeBindings } from './node-bindings.ts';

/** Answers with one JSON body. */
export function wholeAnswer(context: Context, completion: ChatCompletion): Response {
  const node = nodeBindings(context);
  if (node === undefined) return context.json(completion);
  jsonOnNode(node.outgoing, 200, completion);
  return RESPONSE_ALREADY_SENT;
}

/** One JSON body, to a client of Node's HTTP server. */
export function jsonOnNode(
  outgoing: Pick<ServerResponse, 'writeHead' | 'end'>,
  status: number,
  value: object,
  headers?: OutgoingHttpHeaders,
): void {
  const body = JSON.stringify(value);
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  outgoing.end(body);
}
