import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CHAT_BOUNDS, PlatformError, toOpenAIError } from '@plinth/contracts';
import { toChatCompletion, type ChatGateway } from '@plinth/gateway';
import type { FrontOptions } from './front-app.ts';
import { nodeController } from './http/client-controller.ts';
import { errorHeaders } from './http/error-response.ts';
import { readNodeBody } from './http/read-body.ts';
import { streamOnNode } from './http/stream-answer.ts';
import { jsonOnNode } from './http/whole-answer.ts';
import type { DirectRoute } from './serve.ts';

/**
 * POST /v1/chat/completions straight from Node's HTTP server to its path. The app has the same route; what it and its web objects take of each
 * request is a tenth of a busy front's CPU.
 */
export function chatOnNode({
  gateway,
  logError,
}: Pick<FrontOptions, 'logError'> & { readonly gateway: ChatGateway }): DirectRoute {
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const requestId = randomUUID();
    outgoing.setHeader('x-request-id', requestId);
    try {
      const controller = nodeController(outgoing);
      const body = await readNodeBody(incoming, CHAT_BOUNDS.bodyBytes);
      const run = await gateway({ requestId, authorization: incoming.headers.authorization, body, controller });
      if (run.stream) await streamOnNode(run, outgoing);
      else jsonOnNode(outgoing, 200, await toChatCompletion(run));
    } catch (thrown) {
      const error = PlatformError.from(thrown);
      if (error.status >= 500) logError(thrown, requestId);
      if (outgoing.headersSent) outgoing.destroy();
      else jsonOnNode(outgoing, error.status, toOpenAIError(error, requestId), errorHeaders(error));
    }
  };
  return { method: 'POST', path: '/v1/chat/completions', answer };
}
