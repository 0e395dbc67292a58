// Takes the pictures of the console's documents: `node --import tsx tests/rag/console-screenshots.ts <folder>`.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from '../e2e/chromium.ts';
import { KEYS, startScriptedPlatform } from '../e2e/scripted-platform.ts';
import { builtConsole } from '../e2e/target.ts';
import { scriptDocuments } from './scripted-documents.ts';

const folder = process.argv[2] ?? 'screenshots';
await mkdir(folder, { recursive: true });
const documents = scriptDocuments();
const platform = await startScriptedPlatform(await builtConsole(), documents.handle);
const browser = await launchChromium();

async function shoot(name: string, hash: string, options: BrowserContextOptions, act: (page: Page) => Promise<void>) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on('console', (message) => {
    if (message.type() === 'error') console.error(`${name}: ${message.text()}`);
  });
  page.on('pageerror', (error) => console.error(`${name}: ${error.message}`));
  await page.goto(`${platform.url}/${hash}`);
  await page.getByLabel('API key').fill(KEYS.plain);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Documents' }).waitFor();
  await act(page);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await context.close();
}

async function ask(page: Page, question: string): Promise<void> {
  await page.getByLabel('Question', { exact: true }).fill(question);
  await page.keyboard.press('Enter');
  await page.locator('.answer.done').waitFor();
}

const VIEWS: Readonly<Record<string, { hash: string; act: (page: Page) => Promise<void> }>> = {
  answer: {
    hash: '#/documents',
    act: async (page) => {
      await ask(page, 'How many days of leave do I have?');
      await page.locator('.chip').first().focus();
    },
  },
  source: {
    hash: '#/documents',
    act: async (page) => {
      await ask(page, 'How many days of leave do I have?');
      await page.locator('.chip').last().click();
      await page.locator('.source-text mark').waitFor();
    },
  },
  explanation: {
    hash: '#/documents',
    act: async (page) => {
      await ask(page, 'How many days of leave do I have?');
      await page.getByRole('button', { name: 'Explain this answer' }).click();
      await page.getByRole('button', { name: 'Which passage mattered?' }).click();
      await page.locator('.attribution').waitFor();
    },
  },
  abstained: {
    hash: '#/documents',
    act: async (page) => {
      await ask(page, 'Unknown thing?');
      await page.getByText('What came closest').waitFor();
    },
  },
  library: {
    hash: '#/documents/library',
    act: async (page) => {
      await page.getByLabel('staff').check();
      await page
        .getByLabel('Files to add')
        .setInputFiles(
          ['travel.md', 'broken.pdf'].map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from('Trains.') })),
        );
      await page.getByText('2 of 2 files done').waitFor();
    },
  },
  evaluation: {
    hash: '#/documents/evaluation',
    act: async (page) => {
      await page.getByRole('button', { name: 'Run both' }).click();
      await page.getByRole('region', { name: 'Results' }).waitFor();
      await page.getByText('B 0.704').waitFor();
    },
  },
  monitor: { hash: '#/documents/monitor', act: (page) => page.getByText('They have changed').waitFor() },
};

try {
  for (const [name, { hash, act }] of Object.entries(VIEWS)) {
    for (const colorScheme of ['light', 'dark'] as const)
      await shoot(`documents-${name}-${colorScheme}`, hash, { colorScheme }, act);
    await shoot(`documents-${name}-narrow`, hash, { viewport: { width: 360, height: 740 } }, act);
  }
} finally {
  await browser.close();
  await platform.close();
}
