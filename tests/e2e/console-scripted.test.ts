import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { CHROMIUM } from './chromium.ts';
import { ask, openConsole, settled, signIn } from './page.ts';
import type { ConsolePage } from './page.ts';
import { useScriptedBrowser } from './scripted-browser.ts';
import { KEYS } from './scripted-platform.ts';

/** What a real platform does not do on demand: these always run against the scripted one. */
describe.skipIf(CHROMIUM === undefined)('the console, when things go wrong', () => {
  const scripted = useScriptedBrowser();
  let open: ConsolePage;
  let page: Page;

  beforeEach(async () => {
    open = await openConsole(scripted.browser, scripted.target, { permissions: ['clipboard-read', 'clipboard-write'] });
    page = open.page;
  });
  afterEach(async () => {
    const { faults, strangers } = open;
    await open.close();
    expect(faults).toEqual([]);
    expect(strangers).toEqual([]);
  });

  it('counts a rate limit down and then lets one try again', async () => {
    await signIn(page, KEYS.plain);
    const answer = await settled(await ask(page, 'limited'));
    await answer.getByText('Too many requests with this key.').waitFor();
    const button = answer.getByRole('button', { name: /Try again/ });
    expect(await button.innerText()).toMatch(/^Try again in [12] s$/);
    expect(await button.isDisabled()).toBe(true);
    await answer.getByRole('button', { name: 'Try again', exact: true }).click();
    await page.locator('.answer.done').getByText('You said: limited').waitFor();
    expect(await page.locator('.exchange').count()).toBe(1);
  });

  it.each([
    ['blocked', 'The guard stopped this message.', 'secret:aws-access-key'],
    ['busy', 'The model is busy.', 'queue is full'],
    ['gateway', 'The model did not answer.', 'Try again shortly'],
    ['page', 'sent something this page cannot read', 'Reload the page'],
    ['cut', 'The connection broke before the answer was finished.', 'The first half and then'],
    ['broken', 'The answer broke off.', 'The first half.'],
  ])('says in words what went wrong: %s', async (script, title, detail) => {
    await signIn(page, KEYS.plain);
    const answer = await settled(await ask(page, script));
    await answer.getByText(title).waitFor();
    await answer.getByText(detail).first().waitFor();
    await page.getByTestId('live-region').getByText(title).waitFor({ state: 'attached' });
    await settled(await ask(page, 'and on we go'));
    const roles = scripted.target.scripted.requests.at(-1)?.messages.map(({ role }) => role);
    expect(roles).toEqual(['user']);
  });

  it('offers to sign in again when the key was taken away', async () => {
    await signIn(page, KEYS.plain);
    const answer = await settled(await ask(page, 'revoked'));
    await answer.getByRole('button', { name: 'Sign in again' }).click();
    await page.getByLabel('API key').waitFor();
  });

  it('shows what the guard did and what was left out, beside the answer', async () => {
    await signIn(page, KEYS.plain);
    const answer = await settled(await ask(page, 'guarded'));
    expect(await answer.getByLabel('What the guard did').locator('li').allInnerTexts()).toEqual([
      '1 card number removed from your message before the model saw it.',
      '2 email addresses removed from the answer before it reached you.',
    ]);
    await answer.getByText('The 3 oldest messages were left out').waitFor();
    await settled(await ask(page, 'long'));
    await page.getByText('reached its longest allowed length').waitFor();
  });

  it('shows multi-byte characters whole, and code that copies', async () => {
    await signIn(page, KEYS.plain);
    const echo = await settled(await ask(page, 'echo'));
    expect(await echo.locator('.prose').innerText()).toBe('You said: echo — 日本語 👩🏽‍🚀');
    const answer = await settled(await ask(page, 'markdown\n```js\nconst a = 1;\nconst b = 2;\n```'));
    await answer.getByRole('button', { name: 'Copy this code' }).click();
    await answer.getByText('Copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('const a = 1;\nconst b = 2;');
  });

  it('leaves the reader alone who scrolls up, and takes them back on request', async () => {
    await signIn(page, KEYS.plain);
    const scroller = page.getByLabel('Chat so far');
    const fromEnd = () => scroller.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
    const answer = await ask(page, 'slow');
    await expect
      .poll(() => scroller.evaluate((box) => box.scrollHeight > box.clientHeight + 100), { timeout: 15_000 })
      .toBe(true);
    expect(await fromEnd()).toBeLessThan(48);
    await scroller.hover();
    await page.mouse.wheel(0, -400);
    await page.getByRole('button', { name: 'Latest' }).waitFor();
    const place = await scroller.evaluate((box) => box.scrollTop);
    const height = await scroller.evaluate((box) => box.scrollHeight);
    await expect
      .poll(() => scroller.evaluate((box) => box.scrollHeight), { timeout: 15_000 })
      .toBeGreaterThan(height + 80);
    expect(await scroller.evaluate((box) => box.scrollTop)).toBe(place);
    await page.getByRole('button', { name: 'Latest' }).click();
    expect(await fromEnd()).toBeLessThan(48);
    await page.keyboard.press('Escape');
    await settled(answer);
  });

  it('lists kept conversations, continues one with only what is new, and deletes it', async () => {
    await signIn(page, KEYS.keeps);
    const list = page.getByRole('navigation', { name: 'Kept conversations' });
    await list.getByRole('button', { name: /^What a reservation is/ }).click();
    await page.getByText('A hold on a budget.').waitFor();
    await settled(await ask(page, 'go on'));
    expect(scripted.target.scripted.requests.at(-1)).toMatchObject({
      conversation_id: 'conv-old',
      messages: [{ role: 'user', content: 'go on' }],
    });
    await list.getByRole('button', { name: 'Delete “What a reservation is”' }).click();
    await list.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('The same call from a terminal').waitFor();
    expect(await list.getByRole('button', { name: /^What a reservation is/ }).count()).toBe(0);
  });

  it('shows no list where conversations are not kept', async () => {
    await signIn(page, KEYS.plain);
    await settled(await ask(page, 'echo'));
    expect(await page.getByRole('navigation', { name: 'Kept conversations' }).count()).toBe(0);
  });
});
