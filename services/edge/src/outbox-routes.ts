import { CHAT_BOUNDS, PlatformError } from '@plinth/contracts';
import { asyncView, type DiskReserve, type SiteAnswer, type SiteCall, type SiteOutbox } from '@plinth/edge';
import {
  clientController,
  identityOf,
  readBody,
  requestHeader,
  streamAnswer,
  wholeAnswer,
  type FrontApp,
  type FrontContext,
} from '@plinth/front';
import { toChatCompletion, type Identify } from '@plinth/gateway';

export interface OutboxRoutes {
  readonly identify: Identify;
  readonly chat: (call: SiteCall) => Promise<SiteAnswer>;
  readonly outbox: Pick<SiteOutbox, 'get' | 'list' | 'cancel'>;
  readonly disk: Pick<DiskReserve, 'check'>;
}

const LISTED = 20;

/**
 * POST /v1/chat/completions as a site answers it: at once, or with a 202 and where to ask for the answer (`Prefer: respond-async`, RFC 7240). And
 * /v1/async: what was kept.
 */
export function addOutboxRoutes(app: FrontApp, { identify, chat, outbox, disk }: OutboxRoutes): void {
  app.post('/v1/chat/completions', async (context) => {
    const controller = clientController(context);
    await disk.check();
    const body = await readBody(context, CHAT_BOUNDS.bodyBytes);
    const answer = await chat({
      requestId: context.get('requestId'),
      authorization: requestHeader(context, 'authorization'),
      body,
      controller,
      respondAsync: prefersAsync(context.req.header('prefer')),
      idempotencyKey: context.req.header('idempotency-key'),
    });
    if (answer.kind === 'kept') {
      const view = asyncView(answer.shown);
      const headers = { Location: `/v1/async/${view.id}`, 'Preference-Applied': 'respond-async' };
      return context.json(view, 202, headers);
    }
    const { run } = answer;
    return run.stream ? streamAnswer(context, run) : wholeAnswer(context, await toChatCompletion(run));
  });

  app.get('/v1/async', async (context) => {
    const identity = await identityOf(context, identify);
    const { items, more } = await outbox.list(identity, { limit: limitOf(context), after: context.req.query('after') });
    const data = items.map(asyncView);
    return context.json({
      object: 'list',
      data,
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
      has_more: more,
    });
  });

  app.get('/v1/async/:id', async (context) => {
    const identity = await identityOf(context, identify);
    return context.json(asyncView(await outbox.get(identity, context.req.param('id'))));
  });

  const cancel = async (context: FrontContext) => {
    const identity = await identityOf(context, identify);
    const id = context.req.param('id') ?? '';
    return context.json(asyncView(await outbox.cancel(identity, id, context.get('requestId'))));
  };
  app.post('/v1/async/:id/cancel', cancel);
  app.delete('/v1/async/:id', cancel);
}

/** Of several preferences, each perhaps with parameters, one that is `respond-async`. */
function prefersAsync(header: string | undefined): boolean {
  return (header ?? '').split(',').some((preference) => /^\s*respond-async\s*(;|$)/i.test(preference));
}

function limitOf(context: FrontContext): number {
  const text = context.req.query('limit') ?? String(LISTED);
  const limit = Number(text);
  if (!/^\d{1,3}$/.test(text) || limit < 1 || limit > 100)
    throw new PlatformError('invalid_request', '"limit" is a whole number from 1 to 100.', { param: 'limit' });
  return limit;
}
