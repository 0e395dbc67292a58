// Takes the pictures of the console: `node --import tsx tests/e2e/screenshots.ts <folder>`.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { KEYS } from './scripted-platform.ts';
import { openTarget } from './target.ts';

const folder = process.argv[2] ?? 'screenshots';
await mkdir(folder, { recursive: true });
const target = await openTarget();
const browser = await launchChromium();

async function shoot(name: string, options: BrowserContextOptions, act: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: 1200, height: 800 },
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') console.error(`${name}: ${message.text()}`);
  });
  page.on('pageerror', (error) => console.error(`${name}: ${error.message}`));
  await page.goto(target.url);
  await act(page);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await context.close();
}

async function signIn(page: Page, key: string = target.key): Promise<void> {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Message').waitFor();
}

async function ask(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message').fill(text);
  await page.keyboard.press('Enter');
}

async function askWhole(page: Page, text: string): Promise<void> {
  const answers = page.locator('.answer:is(.done, .failed)');
  const before = await answers.count();
  await ask(page, text);
  await answers.nth(before).waitFor();
}

const showcase = async (page: Page) => {
  await signIn(page);
  await askWhole(page, 'What is a reservation? Write it so that I can send it to ana@example.com and bo@example.com.');
};

try {
  for (const colorScheme of ['light', 'dark'] as const) {
    await shoot(`console-${colorScheme}`, { colorScheme }, showcase);
    await shoot(`sign-in-${colorScheme}`, { colorScheme }, async () => undefined);
    await shoot(`welcome-${colorScheme}`, { colorScheme }, (page) => signIn(page));
    await shoot(`error-${colorScheme}`, { colorScheme }, async (page) => {
      await signIn(page);
      await askWhole(page, 'limited');
    });
  }
  await shoot('sign-in-wrong', {}, async (page) => {
    await page.getByLabel('API key').fill('plinth_wrong');
    await page.keyboard.press('Enter');
    await page.getByText('was not accepted').waitFor();
  });
  await shoot('streaming', {}, async (page) => {
    await signIn(page);
    await askWhole(page, 'guarded');
    await ask(page, 'slow');
    await page.waitForTimeout(1_500);
  });
  await shoot('kept', {}, async (page) => {
    await signIn(page, KEYS.keeps);
    await askWhole(page, 'A question to keep');
    await page.getByRole('button', { name: /Delete “What/ }).focus();
  });
  await shoot('settings', {}, async (page) => {
    await signIn(page);
    await page.getByRole('button', { name: 'Settings' }).click();
  });
  const narrow = { viewport: { width: 360, height: 740 } };
  await shoot('narrow', narrow, showcase);
  await shoot('narrow-welcome', narrow, (page) => signIn(page));
  await shoot('narrow-error', narrow, async (page) => {
    await signIn(page);
    await askWhole(page, 'broken');
  });
  await shoot('narrow-kept', narrow, async (page) => {
    await signIn(page, KEYS.keeps);
    await page.getByRole('button', { name: 'Kept conversations' }).click();
  });
  await shoot('narrow-settings', narrow, async (page) => {
    await signIn(page);
    await page.getByRole('button', { name: 'Settings' }).click();
  });
} finally {
  await browser.close();
  await target.close();
}
