import { defineConfig } from 'vite';
import type { Plugin } from 'vite';
import { CONSOLE_CSP } from './headers.ts';

/** Writes the policy into the built page too, so that it holds even behind a front that forgets the header. Not in dev: HMR is inline. */
function contentSecurityPolicy(): Plugin {
  return {
    name: 'plinth-content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: CONSOLE_CSP.join('; ') },
        injectTo: 'head-prepend',
      },
    ],
  };
}

export default defineConfig({
  plugins: [contentSecurityPolicy()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    // light-dark(), :has() and AbortSignal.any() are used as they are.
    target: ['chrome123', 'edge123', 'firefox124', 'safari17.5'],
    modulePreload: false,
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:8080' } },
});
