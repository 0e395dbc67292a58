import { serveStatic } from '@hono/node-server/serve-static';
import { CONSOLE_HEADERS, consoleCacheControl } from '@plinth/console/headers';
import type { Env, Hono } from 'hono';

/** Serves the built console beside the API, on the same origin. Add it after every other route. */
export function serveConsole<E extends Env>(app: Hono<E>, folder: string): void {
  // Before the file is looked for: serveStatic's own hook comes after the response was made.
  app.use('/*', async (context, next) => {
    for (const [name, value] of Object.entries(CONSOLE_HEADERS)) context.header(name, value);
    context.header('cache-control', consoleCacheControl(context.req.path));
    await next();
  });
  app.use('/*', serveStatic({ root: folder }));
}
