// Takes the pictures of the console's batches: `node --import tsx tests/batch/console-screenshots.ts <folder>`.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from '../e2e/chromium.ts';
import { KEYS, startScriptedPlatform } from '../e2e/scripted-platform.ts';
import { builtConsole } from '../e2e/target.ts';
import { fillBatches, NOW, scriptBatches } from './scripted-batches.ts';

const folder = process.argv[2] ?? 'screenshots';
await mkdir(folder, { recursive: true });
const batches = scriptBatches();
const running = fillBatches(batches);
const empty = scriptBatches();
const files = await builtConsole();
const platform = await startScriptedPlatform(files, undefined, batches.handle);
const bare = await startScriptedPlatform(files, undefined, empty.handle);
const browser = await launchChromium();

interface View {
  hash: string;
  on?: string;
  act: (page: Page) => Promise<unknown>;
}

async function shoot(name: string, { hash, on = platform.url, act }: View, options: BrowserContextOptions) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('console', (message) => {
    if (message.type() === 'error') console.error(`${name}: ${message.text()}`);
  });
  page.on('pageerror', (error) => console.error(`${name}: ${error.message}`));
  // So that a rate is seen over minutes, in seconds.
  await page.clock.install({ time: new Date(NOW * 1_000) });
  await page.goto(`${on}/${hash}`);
  await page.getByLabel('API key').fill(KEYS.plain);
  await page.keyboard.press('Enter');
  await page.locator('.batches').waitFor();
  await act(page);
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: false });
  await context.close();
}

async function watch(page: Page): Promise<void> {
  const [start, total] = [{ ...running.request_counts }, running.request_counts];
  await page.getByText('612,458 of').first().waitFor();
  for (let look = 1; look <= 26; look += 1) {
    total.completed = start.completed + look * 400 + Math.round(160 * Math.sin(look / 2.5)) + (look % 3) * 60;
    const looks = batches.looks();
    await page.clock.runFor(2_100);
    while (batches.looks() === looks) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await page.getByRole('img', { name: /^Rate in the last/ }).waitFor();
  Object.assign(total, start);
}

const choose = (page: Page, name: string, text: string) =>
  page.getByLabel('File of requests').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
const request = (n: number) =>
  JSON.stringify({
    custom_id: `t-${n}`,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: 'scripted-small', messages: [] },
  });

const VIEWS: Readonly<Record<string, View>> = {
  list: { hash: '#/batches', act: (page) => page.getByText('support-tickets.jsonl').waitFor() },
  running: { hash: `#/batches?id=${running.id}`, act: watch },
  cancel: {
    hash: `#/batches?id=${running.id}`,
    act: async (page) => {
      await page.getByRole('button', { name: 'Cancel batch' }).click();
    },
  },
  done: { hash: '#/batches?id=batch_0003', act: (page) => page.getByText('p-00311').waitFor() },
  failed: { hash: '#/batches?id=batch_0002', act: (page) => page.getByText('Line 3 is not JSON.').waitFor() },
  new: {
    hash: '#/batches/new',
    act: async (page) => {
      await choose(page, 'support-tickets.jsonl', Array.from({ length: 4_000 }, (_, n) => request(n)).join('\n'));
      await page.getByText('about').first().waitFor();
    },
  },
  wrong: {
    hash: '#/batches/new',
    act: async (page) => {
      await choose(page, 'support-tickets.jsonl', `${request(1)}\n{"custom_id":\n${request(1)}\n`);
      await page.getByText('is not JSON.').waitFor();
    },
  },
  empty: { hash: '#/batches', on: bare.url, act: (page) => page.getByText('No batches yet').waitFor() },
};

try {
  for (const [name, view] of Object.entries(VIEWS)) {
    for (const colorScheme of ['light', 'dark'] as const)
      await shoot(`batches-${name}-${colorScheme}`, view, { colorScheme });
    await shoot(`batches-${name}-narrow`, view, { viewport: { width: 360, height: 740 } });
  }
} finally {
  await browser.close();
  await Promise.all([platform.close(), bare.close()]);
}
