import { BatchCreate, PlatformError, type Identity } from '@plinth/contracts';
import { parseBody, type FrontApp, type FrontContext } from '@plinth/front';
import { record, type Recorder } from '../audit.ts';
import type { Batches } from '../batches/batches.ts';
import { listQuery, listView } from './list-query.ts';

export interface BatchRoutes extends Recorder {
  readonly identify: (context: FrontContext) => Promise<Identity>;
  readonly batches: Batches;
}

const BODY_BYTES = 64 * 1024;

/** /v1/batches, as OpenAI has it. */
export function addBatchRoutes(app: FrontApp, routes: BatchRoutes): void {
  const { identify, batches } = routes;

  app.post('/v1/batches', async (context) => {
    const identity = await identify(context);
    const requestId = context.get('requestId');
    const request = await parseBody(context, BatchCreate, BODY_BYTES);
    try {
      const batch = await batches.create(identity, request);
      await record(routes, identity, { requestId, action: 'batch.created', reason: batch.id });
      return context.json(await batches.view(batch));
    } catch (error) {
      const { code, status } = PlatformError.from(error);
      if (status < 500)
        await record(routes, identity, { requestId, action: 'batch.refused', outcome: 'refused', reason: code });
      throw error;
    }
  });

  app.get('/v1/batches', async (context) => {
    const { items, more } = await batches.list(await identify(context), listQuery(context, 20));
    return context.json(listView(await Promise.all(items.map((batch) => batches.view(batch))), more));
  });

  app.get('/v1/batches/:id', async (context) => {
    const batch = await batches.get(await identify(context), context.req.param('id'));
    return context.json(await batches.view(batch));
  });

  app.post('/v1/batches/:id/cancel', async (context) => {
    const identity = await identify(context);
    const batch = await batches.cancel(identity, context.req.param('id'));
    await record(routes, identity, {
      requestId: context.get('requestId'),
      action: 'batch.cancelled',
      outcome: 'cancelled',
      reason: batch.id,
    });
    return context.json(await batches.view(batch));
  });
}
