import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveConsole } from './console-files.ts';

let parent: string;
const app = new Hono();
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'plinth-console-'));
  await mkdir(join(parent, 'dist/assets'), { recursive: true });
  await writeFile(join(parent, 'dist/index.html'), '<title>Plinth</title>');
  await writeFile(join(parent, 'dist/assets/app-1a2b.js'), 'export {};');
  await writeFile(join(parent, 'secret'), 'plinth_key');
  serveConsole(app, join(parent, 'dist'));
});
afterAll(() => rm(parent, { recursive: true }));

describe('the console', () => {
  it('is served at the top, checked again each time, under a policy that lets in no foreign code', async () => {
    const response = await app.request('/');
    expect(await response.text()).toContain('Plinth');
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('has files with a hash in their name kept for good', async () => {
    const response = await app.request('/assets/app-1a2b.js');
    expect(response.headers.get('cache-control')).toContain('immutable');
  });

  it.each([
    '/../secret',
    '/%2e%2e/secret',
    '/..%2fsecret',
    '/assets/../../secret',
    '/%2e%2e%5csecret',
    '//etc/passwd',
    '/missing',
  ])('does not serve %s', async (path) => {
    const response = await app.request(`http://127.0.0.1${path}`);
    expect(await response.text()).not.toContain('plinth_key');
    expect(response.status).toBe(404);
  });
});
