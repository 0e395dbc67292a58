import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { CHROMIUM, launchChromium, NO_CHROMIUM } from './chromium.ts';
import { ask, openConsole, settled, signIn } from './page.ts';
import type { ConsolePage } from './page.ts';
import { openTarget, REAL_URL } from './target.ts';
import type { Target } from './target.ts';

if (CHROMIUM === undefined) console.warn(NO_CHROMIUM);

/** A question that a small real model, and the script alike, answer at some length. */
const LONG_QUESTION = REAL_URL === undefined ? 'slow, please' : 'Write a long story about a lighthouse keeper.';

describe.skipIf(CHROMIUM === undefined)('the console, in a browser', () => {
  let target: Target;
  let browser: Browser;
  let open: ConsolePage;
  let page: Page;

  beforeAll(async () => {
    target = await openTarget();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await target?.close();
  });
  beforeEach(async () => {
    open = await openConsole(browser, target);
    page = open.page;
  });
  afterEach(async () => {
    const { faults, strangers } = open;
    await open.close();
    expect(faults).toEqual([]);
    expect(strangers).toEqual([]);
  });

  it('says that a wrong key is wrong, and lets one try again', async () => {
    await page.getByLabel('API key').fill('plinth_wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('This key was not accepted.').waitFor();
    await signIn(page, target.key);
  });

  it('keeps the key for the tab only, and forgets it on sign out', async () => {
    await signIn(page, target.key);
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }) + document.cookie)).not.toContain(target.key);
    await page.reload();
    await page.getByLabel('Message').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API key').waitFor();
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain(target.key);
    await page.reload();
    await page.getByLabel('API key').waitFor();
  });

  it('streams an answer, then shows what it took, and adds it up', async () => {
    await signIn(page, target.key);
    const answer = await settled(await ask(page, 'Say hello.'));
    expect(await answer.locator('.prose').innerText()).not.toBe('');
    const facts = await answer.locator('.facts').innerText();
    expect(facts).toMatch(/to first token/);
    expect(facts).toMatch(/[\d,]+ tokens in, [\d,]+ out/);
    expect(facts).toMatch(/\$\d/);
    const meter = page.getByTestId('session-meter');
    const first = await meter.innerText();
    expect(first).toMatch(/This session: [\d,]+ tokens, \$\d/);
    await settled(await ask(page, 'And again.'));
    expect(await meter.innerText()).not.toBe(first);
  });

  it('stops with Escape and with the button, and goes on chatting', async () => {
    await signIn(page, target.key);
    for (const stop of [
      () => page.keyboard.press('Escape'),
      () => page.getByRole('button', { name: 'Stop the answer' }).click(),
    ]) {
      const answer = await ask(page, LONG_QUESTION);
      await answer.locator('.prose').waitFor({ timeout: 60_000 });
      await stop();
      await settled(answer);
      await answer.getByText('Stopped here.').waitFor();
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('message');
    }
    await page.getByTestId('session-meter').getByText('2 unfinished answers').waitFor();
    if (target.scripted !== undefined) await expect.poll(() => target.scripted?.left()).toBe(2);
  });

  it('starts a new chat and keeps the session’s count', async () => {
    await signIn(page, target.key);
    await settled(await ask(page, 'Say hello.'));
    const meter = await page.getByTestId('session-meter').innerText();
    await page.getByRole('button', { name: 'New chat' }).click();
    await page.getByText('The same call from a terminal').waitFor();
    expect(await page.locator('.exchange').count()).toBe(0);
    expect(await page.getByTestId('session-meter').innerText()).toBe(meter);
  });

  it('can be used by keyboard alone, with the focus in sight', async () => {
    // Each field takes the focus by itself once it is drawn.
    await page.locator('input:focus').waitFor();
    await page.keyboard.type(target.key);
    await page.keyboard.press('Enter');
    await page.locator('textarea:focus').waitFor();
    await page.keyboard.type('Say hello.');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('Twice.');
    expect(await page.getByLabel('Message').inputValue()).toBe('Say hello.\nTwice.');
    await page.keyboard.press('Enter');
    await settled(page.locator('.answer').first());
    const names = new Set<string>();
    // Once around: from the message box to the message box.
    for (let count = 0; count < 80 && !names.has('message'); count += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === null || element === document.body) return undefined;
        const shown = [element, element.closest('.field')].some(
          (each) => each !== null && getComputedStyle(each).outlineStyle !== 'none',
        );
        return { name: element.getAttribute('aria-label') ?? element.id ?? element.tagName, shown };
      });
      if (focused === undefined) continue;
      names.add(focused.name);
      expect(focused, focused.name).toMatchObject({ shown: true });
    }
    expect([...names]).toEqual(expect.arrayContaining(['New chat', 'Settings', 'Sign out', 'Chat so far', 'message']));
  });

  it('jumps to the message box from the skip link', async () => {
    await signIn(page, target.key);
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.locator('.skip').focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('message');
  });

  it('tells a screen reader the answer in sentences', async () => {
    await signIn(page, target.key);
    await settled(await ask(page, 'Say hello.'));
    const region = page.getByTestId('live-region');
    expect(await region.getAttribute('aria-live')).toBe('polite');
    const lines = await region.locator('p').allInnerTexts();
    expect(lines[0]).toBe('Question sent.');
    expect(lines.at(-1)).toBe('End of answer.');
    expect(lines.length).toBeGreaterThan(2);
  });

  it('keeps settings and sends them', async () => {
    await signIn(page, target.key);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Temperature').fill('0.3');
    await page.getByLabel('Longest answer').fill('16');
    await page.getByRole('button', { name: 'Done' }).click();
    await page.reload();
    await page.getByLabel('Message').waitFor();
    await settled(await ask(page, 'Say hello.'));
    if (target.scripted !== undefined) {
      expect(target.scripted.requests.at(-1)).toMatchObject({ temperature: 0.3, max_tokens: 16 });
    }
    await page.getByRole('button', { name: 'Settings' }).click();
    expect(await page.getByLabel('Temperature').inputValue()).toBe('0.3');
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog[open]').count()).toBe(0);
  });

  it('follows the system’s theme, and the reader’s choice over it', async () => {
    const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await paper();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await paper();
    expect(dark).not.toBe(light);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.reload();
    await page.getByRole('button', { name: 'Switch to the dark theme' }).click();
    expect(await paper()).toBe(dark);
    await page.reload();
    expect(await paper()).toBe(dark);
    await page.getByRole('button', { name: 'Switch to the light theme' }).click();
    expect(await paper()).toBe(light);
  });

  it('says in words that the network is down, and works again when it is back', async () => {
    await signIn(page, target.key);
    await page.context().setOffline(true);
    const answer = await settled(await ask(page, 'Say hello.'));
    await answer.getByText('The platform could not be reached.').waitFor();
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.answer.done').waitFor({ timeout: 60_000 });
    expect(await page.locator('.exchange').count()).toBe(1);
  });

  it('has no part cut off at 360 pixels', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await signIn(page, target.key);
    await settled(await ask(page, 'What is a reservation? Answer in a list.'));
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll('.bar > *, .exchange, .facts, .composer, .field')]
        .filter(
          (element) => element.getBoundingClientRect().right > innerWidth || element.getBoundingClientRect().left < 0,
        )
        .map((element) => element.className),
    );
    expect(wide).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });
});
