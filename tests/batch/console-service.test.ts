import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import type { BatchAnswerLine } from '@plinth/contracts';
import { CHROMIUM, launchChromium } from '../e2e/chromium.ts';
import { openConsole } from '../e2e/page.ts';
import { KEYS, startScriptedPlatform } from '../e2e/scripted-platform.ts';
import type { Script, ScriptedPlatform } from '../e2e/scripted-platform.ts';
import { builtConsole } from '../e2e/target.ts';
import { openBatchServer, saying } from './batch-server.ts';
import { openUpstream } from './upstream.ts';

/** Hands requests to the batch server under a key it knows, as the chat service does on a laptop. */
function passOn(url: () => string, key: string): Script {
  return async (request, response) => {
    const headers = new Headers({ authorization: `Bearer ${key}` });
    for (const name of ['content-type', 'range']) {
      const value = request.headers[name];
      if (typeof value === 'string') headers.set(name, value);
    }
    const { method = 'GET' } = request;
    const body = method === 'POST' ? { body: Readable.toWeb(request) as ReadableStream, duplex: 'half' as const } : {};
    const answer = await fetch(url() + request.url, { method, headers, ...(body as RequestInit) });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  };
}

describe.skipIf(CHROMIUM === undefined)('the batches of the console against the batch server', () => {
  let upstream: Awaited<ReturnType<typeof openUpstream>>;
  let server: Awaited<ReturnType<typeof openBatchServer>>;
  let platform: ScriptedPlatform;
  let browser: Browser;

  beforeAll(async () => {
    upstream = await openUpstream();
    server = await openBatchServer({ modelUrl: upstream.url, environment: { PLINTH_CONCURRENCY: '8' } });
    const apiKey = (await server.client()).apiKey!;
    platform = await startScriptedPlatform(
      await builtConsole(),
      undefined,
      passOn(() => server.url, apiKey),
    );
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.close();
    await server?.close();
    await upstream?.close();
  });

  const line = (id: string, body: object) =>
    `${JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/chat/completions', body: { model: 'small', ...body } })}\n`;

  it('makes one, follows it to its end, shows what failed and saves the answers; names the lines of one that is refused', async () => {
    const target = { url: platform.url, key: KEYS.plain, close: async () => undefined };
    const { page, faults, close } = await openConsole(browser, target, {}, '#/batches');
    await page.getByLabel('API key').fill(KEYS.plain);
    await page.keyboard.press('Enter');
    const send = async (name: string, text: string) => {
      await page.getByRole('link', { name: 'New batch' }).click();
      const file = { name, mimeType: 'text/plain', buffer: Buffer.from(text) };
      await page.getByLabel('File of requests').setInputFiles(file);
      await page.getByLabel('Wait for the off-peak hours').uncheck();
      await page.getByRole('button', { name: 'Start the batch' }).click();
      await page.getByRole('heading', { name, level: 1 }).waitFor();
    };

    const requests = Array.from({ length: 60 }, (_, index) => line(`r${index}`, saying(`word ${index}`)));
    await send('words.jsonl', requests.join('') + line('last', saying('refuse this')));
    await page.locator('.state').getByText('Done, some failed').waitFor({ timeout: 30_000 });
    await page.getByRole('region', { name: 'Progress' }).getByText('61 of 61, 1 failed').waitFor();
    await page
      .getByRole('region', { name: 'Cost' })
      .getByText(/^\$0\.\d+ of at most \$0\.\d+$/)
      .waitFor();
    await page
      .getByRole('region', { name: 'Requests that failed' })
      .getByRole('row', { name: /^last .*400$/ })
      .waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download answers' }).click(),
    ]);
    const answers = (await readFile((await download.path())!, 'utf8')).trim().split('\n');
    expect(answers.map((answer) => (JSON.parse(answer) as BatchAnswerLine).custom_id)).toEqual(
      requests.map((_, index) => `r${index}`),
    );

    await page.getByRole('link', { name: 'All batches' }).click();
    // Behind what the page looks at before it sends.
    const long = Array.from({ length: 300 }, (_, index) => line(`r${index}`, saying('word'))).join('');
    await send('cut.jsonl', `${long}{"custom_id":`);
    await page
      .getByRole('region', { name: 'Why it failed' })
      .getByRole('row', { name: /^301 Line 301 is not JSON/ })
      .waitFor();
    expect(faults).toEqual([]);
    await close();
  });
});
