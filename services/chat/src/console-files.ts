import { serveStatic } from '@hono/node-server/serve-static';
import { CONSOLE_HEADERS, consoleCacheControl } from '@plinth/console/headers';
import type { Env, Hono } from 'hono';

/** Serves the built console beside the API, on the same origin. */
export function serveConsole<E extends Env>(app: Hono<E>, folder: string): void {
  app.use(
    '/*',
    serveStatic({
      root: folder,
      onFound: (_file, context) => {
        for (const [name, value] of Object.entries(CONSOLE_HEADERS)) context.header(name, value);
        context.header('cache-control', consoleCacheControl(context.req.path));
      },
    }),
  );
}
