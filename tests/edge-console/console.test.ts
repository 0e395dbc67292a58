import { beforeEach, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { XSS_VECTORS } from '../../services/console/src/markdown/xss-vectors.ts';
import { CHROMIUM } from '../e2e/chromium.ts';
import { consoleMode, type ConsoleMode } from '../e2e/console-mode.ts';
import { startScriptedPlatform } from '../e2e/scripted-platform.ts';
import { CENTRAL, completion, NOW, scriptSite } from './scripted-site.ts';
import type { ScriptedSite } from './scripted-site.ts';

describe.skipIf(CHROMIUM === undefined)('the sites of the console, in a browser', () => {
  let site: ScriptedSite;
  let page: Page;
  const mode = consoleMode((folder) =>
    startScriptedPlatform(folder, undefined, undefined, (...given) => site.handle(...given)),
  );
  beforeEach(() => {
    site = scriptSite();
  });
  const enter = async (...given: Parameters<ConsoleMode['enter']>) => {
    page = await mode.enter(...given);
  };

  const card = (name: string) => page.getByRole('region', { name, exact: true });
  const question = () => page.getByLabel('Question', { exact: true });

  it('tells how a site stands: link, bundle, models, outbox, and the places of routed models', async () => {
    await enter('#/sites');
    await page.getByRole('heading', { name: 'Site laptop' }).waitFor();
    expect(await card('Link').innerText()).toMatch(/Up\s+since .+, 2[12] min/);
    expect(await card('Bundle').innerText()).toMatch(
      /1795964414\s+✓\s+Proven\s+signed 2 h( 1 min)? ago, holds for 29 d 22 h/,
    );
    expect(await card('Models').getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/^smollm2-135m-instruct\s+on site/),
      expect.stringMatching(/^smollm2-135m-instruct-centre\s+at the centre: answers over the link/),
    ]);
    await card('Outbox').getByText('Nothing waits').waitFor();
    const own = page.getByRole('meter', { name: 'Requests at own / vllm' });
    expect(await own.getAttribute('aria-valuetext')).toBe('0 of 2 requests');
    expect(await card('Places of routed models').innerText()).toContain('first token after 84 ms');
  });

  it('cuts the link: the small model answers, the heavy request waits, and is delivered when the link is back', async () => {
    await enter('#/sites');
    await page.getByRole('button', { name: 'Cut', exact: true }).click();
    await page.getByText('Cut. The site finds out by itself within seconds.').waitFor();
    expect(site.link).toBe('down');
    site.notice();
    await page.getByText('On its own').waitFor();
    await expect.poll(() => page.getByTestId('site-news').innerText()).toBe('Link: Down.');

    await question().fill('Small one?');
    await page.keyboard.press('Enter');
    await page.getByText('smollm2-135m-instruct says: Small one?').waitFor();
    await question().fill('Heavy one?');
    await page.getByLabel('Model', { exact: true }).selectOption(CENTRAL);
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText('Waits in the outbox').waitFor();
    expect(site.asked).toMatchObject([{ prefer: 'respond-async' }, { model: CENTRAL, prefer: 'respond-async' }]);
    await card('Outbox')
      .getByText(/^1 request waits, for/)
      .waitFor();
    expect(await card('Models').innerText()).toContain('at the centre: its requests wait for the link');

    await page.getByRole('button', { name: 'Up', exact: true }).click();
    site.notice();
    await page.getByText('In order').first().waitFor();
    site.deliver();
    await card('Ask it something').getByText('Gravity is what keeps the apple from the moon.').waitFor();
    await card('Outbox').getByText('Delivered').waitFor();
    expect(await page.getByTestId('site-news').innerText()).toContain('A request that waited: Delivered.');
  });

  it('is turned with the keyboard alone, and shows an answer of before when it is asked for', async () => {
    const text = 'From the night before.';
    site.add({ status: 'completed', created_at: NOW - 900, ended_at: NOW - 300, response: completion(CENTRAL, text) });
    site.add({ status: 'failed', ended_at: NOW, error: { code: 'request_timeout', message: 'It waited too long.' } });
    await enter('#/sites');
    const slow = page.getByRole('button', { name: 'Slow', exact: true });
    await slow.focus();
    await page.keyboard.press('Space');
    await page.locator('[aria-pressed=true]', { hasText: 'Slow' }).waitFor();
    expect(site.link).toBe('slow');
    await page.getByText('It waited too long.').waitFor();
    expect(await page.getByText(text).count()).toBe(0);
    await page.getByText('Answer', { exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(text).waitFor();
  });

  it('says in words why a bundle was refused or gone back from, and what a site with an old one does', async () => {
    site.link = undefined;
    Object.assign(site.view, {
      mode: 'restricted',
      staging: 9,
      rejected: [{ sequence: 8, problem: 'The model "small" does not answer.', at: NOW }],
      trouble: { reason: 'bad-signature', message: "The bundle's signature does not hold." },
    });
    Object.assign(site.view.bundle!, { stale: true, unconfirmed_seconds: 800_000 });
    await enter('#/sites');
    await page.getByText('Its own models only').waitFor();
    await page.getByText('It goes on with the models on site until its centre is heard again.').waitFor();
    const bundle = await card('Bundle').innerText();
    for (const words of [
      'Stale',
      'last heard of 9 d 6 h ago',
      'Fetching bundle 9',
      'its signature does not hold',
      'Went back from 8',
    ])
      expect(bundle).toContain(words);
    expect(await page.getByRole('group', { name: 'Turn the link by hand' }).count()).toBe(0);
  });

  it('shows why a question was refused, and asks it again', async () => {
    await enter('#/sites');
    site.refuseNext = true;
    await question().fill('Room?');
    await page.keyboard.press('Enter');
    await page.getByText('The disk of this site is nearly full.').first().waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('says: Room?').waitFor();
    expect(new Set(site.asked.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it('keeps what was seen while the site does not answer, and says when it never did', async () => {
    site.failing = { status: 503, code: 'overloaded', message: 'The site does not answer. It may be starting.' };
    await enter('#/sites');
    await page.getByText('It may be starting.').waitFor();
    site.failing = undefined;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Site laptop' }).waitFor();
    site.failing = { status: 500, code: 'internal', message: 'Broken.' };
    await page.getByText('What is shown is what was last seen').waitFor();
    await page.getByRole('heading', { name: 'Site laptop' }).waitFor();
  });

  it('says that there is no site, and is not loaded until it is opened', async () => {
    await enter('', mode.bare);
    const loaded = () =>
      page.evaluate(
        () =>
          performance.getEntriesByType('resource').filter(({ name }) => /sites-mode|batches-mode/.test(name)).length,
      );
    expect(await loaded()).toBe(0);
    await page.getByRole('link', { name: 'Sites' }).click();
    await page.getByText('No site is known here.').waitFor();
    expect(await loaded()).toBe(2);
    await page.getByRole('link', { name: 'Back to the chat' }).click();
    await page.getByLabel('Message').waitFor();
  });

  it('runs nothing of hostile names, answers and reasons', async () => {
    const hostile = XSS_VECTORS.slice(0, 10).map((vector) => vector.replace(/\s+/g, ' ').replaceAll('\u0000', ''));
    const [name = ''] = hostile;
    Object.assign(site.view, {
      name,
      models: hostile.map((id) => ({ id, on_site: true })),
      rejected: [{ sequence: 1, problem: name, at: NOW }],
      trouble: { reason: name, message: name },
    });
    for (const message of hostile) site.add({ status: 'failed', error: { code: 'x', message } });
    site.routes[0]!.model = name;
    await enter('#/sites');
    await card('Outbox').getByRole('listitem').nth(9).waitFor();
    await question().fill(name);
    await page.keyboard.press('Enter');
    await page.getByText('Answered').waitFor();
    expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false);
    expect(await page.locator('.sites').locator('img, script, style, iframe, object').count()).toBe(0);
  });

  it('fits a phone, and moves nothing where that is not wanted', async () => {
    site.add({ status: 'in_progress' });
    Object.assign(site.view, { trouble: { reason: 'tampered', message: 'x'.repeat(200) } });
    await enter('#/sites', mode.platform, { viewport: { width: 360, height: 640 }, reducedMotion: 'reduce' });
    await card('Outbox').getByText('Being answered').waitFor();
    await question().fill('Does it fit?');
    await page.keyboard.press('Enter');
    await page.getByText('says: Does it fit?').waitFor();
    const cut = await page.evaluate(() => [
      document.documentElement.scrollWidth - innerWidth,
      [...document.querySelectorAll('.view *')].filter(
        (each) => each.getBoundingClientRect().right > innerWidth + 0.5 && !each.classList.contains('unseen'),
      ).length,
    ]);
    expect(cut).toEqual([0, 0]);
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  });
});
