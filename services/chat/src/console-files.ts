import { serveStatic } from '@hono/node-server/serve-static';
import type { Env, Hono } from 'hono';

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** Serves the built console beside the API, on the same origin. Files with a hash in their name may be kept for good. */
export function serveConsole<E extends Env>(app: Hono<E>, folder: string): void {
  app.use(
    '/*',
    serveStatic({
      root: folder,
      onFound: (path, context) => {
        for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.header(name, value);
        context.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    }),
  );
}
