/**
 * The page's content security policy. Everything comes from the page's own origin, no script or style is inline, and HTML reaches the
 * document only through DOMPurify's Trusted Types policy.
 */
export const CONSOLE_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types dompurify',
] as const;

/** Headers for every file of the console, whoever serves it. `frame-ancestors` works only as a header, so it is added here. */
export const CONSOLE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [...CONSOLE_CSP, "frame-ancestors 'none'"].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

/**
 * How long a file may be kept by a browser. Files under `/assets/` carry a hash of their content in their name; all others may change.
 * @param path the URL path asked for, e.g. `/assets/index-Bq3.js`
 */
export function consoleCacheControl(path: string): string {
  return path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
}
