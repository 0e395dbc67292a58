import {
  addChatCompletions,
  addModels,
  createFrontApp,
  identityOf,
  type ChatRoutes,
  type FrontApp,
  type FrontOptions,
} from '@plinth/front';
import type { RouteList } from '@plinth/contracts';
import { routeStates, type Conversations, type Identify, type Router } from '@plinth/gateway';

export interface ChatAppOptions extends FrontOptions, ChatRoutes {
  readonly conversations: Conversations;
  /** Adds what answers chat requests, in place of the usual route. */
  readonly addChat?: (app: FrontApp) => void;
  /** Adds the routes of services beside this one. */
  readonly addBeside?: (app: FrontApp) => void;
}

/** The chat front: OpenAI's shapes in and out, on Node and on Lambda alike. */
export function createChatApp(options: ChatAppOptions): FrontApp {
  const openApi = async () => (await import('./openapi.ts')).openApiDocument();
  return createFrontApp({ openApi, ...options }, (app) => {
    if (options.addChat === undefined) addChatCompletions(app, options);
    else options.addChat(app);
    addModels(app, options);
    addRoutes(app, options);
    addConversations(app, options);
    options.addBeside?.(app);
  });
}

/** GET /v1/routes: models with several places, as this process sees them. */
function addRoutes(app: FrontApp, { identify, router }: { identify: Identify; router: Router }): void {
  app.get('/v1/routes', async (context) => {
    await identityOf(context, identify);
    const list: RouteList = { object: 'list', data: routeStates(router) };
    return context.json(list);
  });
}

function addConversations(app: FrontApp, options: { identify: Identify; conversations: Conversations }): void {
  const { identify, conversations } = options;
  app.get('/v1/conversations', async (context) => {
    const identity = await identityOf(context, identify);
    const before = Number(context.req.query('before'));
    const limit = Number(context.req.query('limit'));
    const list = await conversations.list(identity, {
      limit: Number.isInteger(limit) && limit > 0 ? Math.min(limit, 100) : 50,
      ...(Number.isInteger(before) && before > 0 ? { before } : {}),
    });
    const data = list.map(({ id, title, model, createdAt, updatedAt }) => ({
      id,
      object: 'conversation',
      title,
      model,
      created_at: createdAt,
      updated_at: updatedAt,
    }));
    return context.json({ object: 'list', data });
  });
  app.get('/v1/conversations/:id', async (context) => {
    const found = await conversations.get(await identityOf(context, identify), context.req.param('id'));
    const { id, title, model, createdAt, updatedAt, messages } = found;
    return context.json({
      id,
      object: 'conversation',
      title,
      model,
      created_at: createdAt,
      updated_at: updatedAt,
      messages,
    });
  });
  app.delete('/v1/conversations/:id', async (context) => {
    const id = context.req.param('id');
    await conversations.delete(await identityOf(context, identify), id);
    return context.json({ id, object: 'conversation.deleted', deleted: true });
  });
}
