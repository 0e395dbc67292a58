import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { Target } from './target.ts';

/** A page on the console, with what a test needs to know about its errors. */
export interface ConsolePage {
  page: Page;
  /** Uncaught errors and violations of the content security policy, as the browser words them. */
  faults: string[];
  /** Addresses asked of any other origin. */
  strangers: string[];
  close(): Promise<void>;
}

export async function openConsole(
  browser: Browser,
  target: Target,
  options: BrowserContextOptions = {},
  hash = '',
): Promise<ConsolePage> {
  const context = await browser.newContext({ viewport: { width: 1100, height: 760 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const faults: string[] = [];
  const strangers: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|TrustedHTML|Trusted Type/i.test(message.text()))
      faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(target.url)) strangers.push(request.url());
  });
  await page.goto(hash === '' ? target.url : `${target.url}/${hash}`);
  return { page, faults, strangers, close: () => context.close() };
}

export async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Message').waitFor();
}

/** Sends a question and returns its answer, which may still be on its way. */
export async function ask(page: Page, text: string): Promise<Locator> {
  const answers = page.locator('.answer');
  const before = await answers.count();
  await page.getByLabel('Message').fill(text);
  await page.keyboard.press('Enter');
  const answer = answers.nth(before);
  await answer.waitFor();
  return answer;
}

/** Waits until an answer is final. */
export async function settled(answer: Locator): Promise<Locator> {
  await answer.and(answer.page().locator('.done, .stopped, .failed')).waitFor({ timeout: 120_000 });
  return answer;
}
