import { AsyncChatRequest, CHAT_BOUNDS, PlatformError, type Identity } from '@plinth/contracts';
import { clientController, parseBody, type FrontApp, type FrontContext } from '@plinth/front';
import type { AsyncRequests } from '../async/async-requests.ts';
import { record, type Recorder } from '../audit.ts';

export interface AsyncRoutes extends Recorder {
  readonly identify: (context: FrontContext) => Promise<Identity>;
  readonly asyncRequests: AsyncRequests;
}

/** /v1/async: a chat request that takes long. It is taken in with a 202, asked for by its id, and told of by a webhook where one is named. */
export function addAsyncRoutes(app: FrontApp, routes: AsyncRoutes): void {
  const { identify, asyncRequests } = routes;

  app.post('/v1/async/chat/completions', async (context) => {
    const { signal } = clientController(context);
    const identity = await identify(context);
    const requestId = context.get('requestId');
    const request = await parseBody(context, AsyncChatRequest, CHAT_BOUNDS.bodyBytes);
    try {
      const batch = await asyncRequests.create(identity, request, signal);
      await record(routes, identity, { requestId, action: 'batch.created', reason: batch.id });
      return context.json(await asyncRequests.view(batch, signal), 202);
    } catch (error) {
      const { code, status } = PlatformError.from(error);
      if (status < 500)
        await record(routes, identity, { requestId, action: 'batch.refused', outcome: 'refused', reason: code });
      throw error;
    }
  });

  app.get('/v1/async/:id', async (context) => {
    const { signal } = clientController(context);
    const batch = await asyncRequests.get(await identify(context), context.req.param('id'));
    return context.json(await asyncRequests.view(batch, signal));
  });

  app.post('/v1/async/:id/cancel', async (context) => {
    const { signal } = clientController(context);
    const identity = await identify(context);
    const batch = await asyncRequests.cancel(identity, context.req.param('id'));
    await record(routes, identity, {
      requestId: context.get('requestId'),
      action: 'batch.cancelled',
      outcome: 'cancelled',
      reason: batch.id,
    });
    return context.json(await asyncRequests.view(batch, signal));
  });
}
