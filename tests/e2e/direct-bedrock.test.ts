import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startLocal } from '@plinth/local';
import type { RunningLocal } from '@plinth/local';
import { ScriptedEngine } from '@plinth/local/testing';
import { PlatformError } from '@plinth/contracts';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { CHROMIUM, launchChromium } from './chromium.ts';

const EXAMPLE = fileURLToPath(new URL('../../docs/examples/direct-bedrock/', import.meta.url));

/** Serves the example as its README does: built by esbuild, with a configuration that points at the stand-ins. */
async function serveExample(endpoint: string): Promise<Server> {
  const built = await build({
    entryPoints: [`${EXAMPLE}main.ts`],
    bundle: true,
    format: 'esm',
    minify: true,
    write: false,
  });
  const config = { ...(JSON.parse(await readFile(`${EXAMPLE}config.json`, 'utf8')) as object), endpoint };
  const files: Record<string, [type: string, content: string]> = {
    '/': ['text/html', await readFile(`${EXAMPLE}index.html`, 'utf8')],
    '/page.css': ['text/css', await readFile(`${EXAMPLE}page.css`, 'utf8')],
    '/dist/main.js': ['text/javascript', built.outputFiles[0]?.text ?? ''],
    '/config.json': ['application/json', JSON.stringify(config)],
  };
  const server = createServer((request, response) => {
    const [type, content] = files[request.url ?? ''] ?? [];
    if (type === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe.skipIf(CHROMIUM === undefined)('a page that calls Bedrock itself, in a browser', () => {
  const engine = new ScriptedEngine();
  let local: RunningLocal;
  let server: Server;
  let browser: Browser;
  let page: Page;
  let signed: Record<string, string>[];

  beforeAll(async () => {
    local = await startLocal({ engine });
    server = await serveExample(local.bedrockUrl);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
    await local?.close();
  });
  beforeEach(async () => {
    page = await browser.newPage();
    page.setDefaultTimeout(10_000);
    signed = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().includes('/model/')) signed.push(request.headers());
    });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return () => page.close();
  });

  async function ask(text: string): Promise<void> {
    await page.getByLabel('Question').fill(text);
    await page.getByRole('button', { name: 'Ask' }).click();
  }

  it('gets credentials from Cognito, signs, and streams an answer', async () => {
    engine.play({ pieces: ['Straight ', 'from ', 'Bedrock.'] });
    await ask('Hello?');
    await page.getByText(/ms to first token, \d+ tokens in, \d+ out/).waitFor();
    expect(await page.locator('#answer').innerText()).toBe('Straight from Bedrock.');
    expect(signed[0]?.['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=ASIA[^/]+\/\d{8}\/us-east-1\/bedrock\/aws4_request/,
    );
    expect(signed[0]?.['x-amz-security-token']).toBeTruthy();
  });

  it('reuses its credentials, and sends the turns before', async () => {
    engine.play({ pieces: ['Yes.'] });
    const identities: string[] = [];
    page.on('request', (request) => {
      const target = request.headers()['x-amz-target'];
      if (target !== undefined && request.method() === 'POST') identities.push(target);
    });
    await ask('One?');
    await page.getByText(/tokens in/).waitFor();
    await ask('Two?');
    await expect
      .poll(() => engine.requests.at(-1)?.prompt, { timeout: 10_000 })
      .toMatchObject({
        turns: [
          { role: 'user', text: 'One?' },
          { role: 'assistant', text: 'Yes.' },
          { role: 'user', text: 'Two?' },
        ],
      });
    expect(identities).toHaveLength(2);
  });

  it('has the guardrail applied to every answer', async () => {
    engine.play({ pieces: ['Write to ana@example.com now.'] });
    await ask('Whom do I write to?');
    await page.getByText('The guardrail stepped in.').waitFor();
    expect(await page.locator('#answer').innerText()).toBe('Write to {EMAIL} now.');
  });

  it('stops the model when the reader stops', async () => {
    engine.play({
      pieces: Array.from({ length: 1_000 }, () => 'word '),
      gate: (piece, signal) => (piece < 5 ? Promise.resolve() : untilAborted(signal)),
    });
    const before = engine.cancelled;
    await ask('Go on.');
    await page.getByText('word').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped.').waitFor();
    await expect.poll(() => engine.cancelled, { timeout: 5_000 }).toBe(before + 1);
  });

  it('says a throttled call in words', async () => {
    engine.play({ failBefore: new PlatformError('rate_limit_exceeded', 'Too many requests.') });
    await ask('Hello?');
    await page.getByText('The model is taking no more requests for now.').waitFor();
  });
});

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
