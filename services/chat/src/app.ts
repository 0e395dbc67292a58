import { randomUUID } from 'node:crypto';
import { CHAT_BOUNDS, PlatformError, type Identity, type ModelList } from '@plinth/contracts';
import { toChatCompletion, type ChatGateway, type Conversations, type Identify, type Router } from '@plinth/gateway';
import { Hono, type Context } from 'hono';
import { clientController } from './http/client-controller.ts';
import { errorResponse } from './http/error-response.ts';
import { nodeBindings, requestHeader } from './http/node-bindings.ts';
import { readBody } from './http/read-body.ts';
import { streamAnswer } from './http/stream-answer.ts';
import { wholeAnswer } from './http/whole-answer.ts';

export interface ChatAppOptions {
  readonly gateway: ChatGateway;
  readonly identify: Identify;
  readonly router: Router;
  readonly conversations: Conversations;
  /** Whether requests can be served now. */
  readonly ready: () => Promise<boolean>;
  /** Prometheus text; absent where metrics leave another way. */
  readonly metrics?: () => Promise<string>;
  readonly logError: (error: unknown, requestId: string) => void;
}

interface Variables {
  requestId: string;
}
type App = Hono<{ Variables: Variables }>;
type ChatContext = Context<{ Variables: Variables }>;

/** The chat front: OpenAI's shapes in and out, on Node and on Lambda alike. */
export function createChatApp(options: ChatAppOptions): App {
  const app: App = new Hono<{ Variables: Variables }>();

  app.use(async (context, next) => {
    const requestId = randomUUID();
    context.set('requestId', requestId);
    const node = nodeBindings(context);
    // Straight to Node where there is one: a header set through the context costs every answer a Headers object.
    if (node === undefined) context.header('x-request-id', requestId);
    else node.outgoing.setHeader('x-request-id', requestId);
    await next();
  });

  app.post('/v1/chat/completions', async (context) => {
    const requestId = context.get('requestId');
    const controller = clientController(context);
    const body = await readBody(context, CHAT_BOUNDS.bodyBytes);
    const run = await options.gateway({
      requestId,
      authorization: requestHeader(context, 'authorization'),
      body,
      controller,
    });
    return run.stream ? streamAnswer(context, run) : wholeAnswer(context, await toChatCompletion(run));
  });

  app.get('/v1/models', async (context) => {
    await who(context, options.identify);
    const list: ModelList = {
      object: 'list',
      data: options.router.catalog.map((model) => ({
        id: model.id,
        object: 'model',
        created: 0,
        owned_by: model.ownedBy,
        context_length: model.contextTokens,
      })),
    };
    return context.json(list);
  });

  addConversations(app, options);

  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    const ready = await options.ready();
    return context.json({ status: ready ? 'ready' : 'starting' }, ready ? 200 : 503);
  });
  app.get('/openapi.json', async (context) => context.json((await import('./openapi.ts')).openApiDocument()));
  const { metrics } = options;
  if (metrics !== undefined)
    app.get('/metrics', async (context) =>
      context.text(await metrics(), 200, { 'content-type': 'text/plain; version=0.0.4' }),
    );

  // Last, so that the routes above are all there are.
  const served = app.routes.filter(({ method }) => method !== 'ALL');
  app.all('/v1/*', (context) => {
    const { method, path } = context.req;
    const here = served.filter((route) => matches(route.path, path)).map((route) => route.method);
    if (here.length === 0)
      throw new PlatformError(
        'not_found',
        `There is no ${method} ${path} here. GET /openapi.json lists what there is.`,
      );
    context.header('Allow', here.join(', '));
    throw new PlatformError('method_not_allowed', `${path} takes ${here.join(' or ')}, not ${method}.`);
  });
  app.notFound((context) =>
    errorResponse(context, new PlatformError('not_found', 'There is nothing here.'), context.get('requestId')),
  );
  app.onError((error, context) => {
    const requestId = context.get('requestId');
    if (PlatformError.from(error).status >= 500) options.logError(error, requestId);
    return errorResponse(context, error, requestId);
  });
  return app;
}

/** Whether a path is one of a route's, whose parameters are whole segments: `/v1/conversations/:id`. */
function matches(route: string, path: string): boolean {
  const [wanted, given] = [route.split('/'), path.split('/')];
  return wanted.length === given.length && wanted.every((part, index) => part.startsWith(':') || part === given[index]);
}

function addConversations(app: App, { identify, conversations }: ChatAppOptions): void {
  app.get('/v1/conversations', async (context) => {
    const identity = await who(context, identify);
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
    const found = await conversations.get(await who(context, identify), context.req.param('id'));
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
    await conversations.delete(await who(context, identify), id);
    return context.json({ id, object: 'conversation.deleted', deleted: true });
  });
}

function who(context: ChatContext, identify: Identify): Promise<Identity> {
  return identify(requestHeader(context, 'authorization'));
}
