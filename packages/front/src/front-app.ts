import { randomUUID } from 'node:crypto';
import { PlatformError } from '@plinth/contracts';
import { Hono, type Context } from 'hono';
import { errorResponse } from './http/error-response.ts';
import { nodeBindings } from './http/node-bindings.ts';

export interface FrontVariables {
  requestId: string;
}
export type FrontApp = Hono<{ Variables: FrontVariables }>;
export type FrontContext = Context<{ Variables: FrontVariables }>;

export interface FrontOptions {
  /** Whether requests can be served now. */
  readonly ready: () => Promise<boolean>;
  /** Prometheus text; absent where metrics leave another way. */
  readonly metrics?: () => Promise<string>;
  readonly openApi?: () => Promise<object>;
  readonly logError: (error: unknown, requestId: string) => void;
}

/** An HTTP front with what all have: request ids, health, metrics, its own description, and errors as OpenAI's clients know them. */
export function createFrontApp(options: FrontOptions, addRoutes: (app: FrontApp) => void): FrontApp {
  const app: FrontApp = new Hono<{ Variables: FrontVariables }>();

  app.use(async (context, next) => {
    const requestId = randomUUID();
    context.set('requestId', requestId);
    const node = nodeBindings(context);
    // Straight to Node where there is one: a header set through the context costs every answer a Headers object.
    if (node === undefined) context.header('x-request-id', requestId);
    else node.outgoing.setHeader('x-request-id', requestId);
    await next();
  });

  addRoutes(app);
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    const ready = await options.ready();
    return context.json({ status: ready ? 'ready' : 'starting' }, ready ? 200 : 503);
  });
  const { metrics, openApi } = options;
  if (openApi !== undefined) app.get('/openapi.json', async (context) => context.json(await openApi()));
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
