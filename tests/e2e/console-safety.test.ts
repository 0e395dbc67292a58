import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { XSS_VECTORS } from '../../services/console/src/markdown/xss-vectors.ts';
import { CHROMIUM, launchChromium } from './chromium.ts';
import { ask, openConsole, settled, signIn } from './page.ts';
import { KEYS, startScriptedPlatform } from './scripted-platform.ts';
import type { ScriptedPlatform } from './scripted-platform.ts';
import { builtConsole } from './target.ts';

describe.skipIf(CHROMIUM === undefined)('hostile answers, in a browser', () => {
  let platform: ScriptedPlatform;
  let browser: Browser;

  beforeAll(async () => {
    platform = await startScriptedPlatform(await builtConsole());
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.close();
  });

  it('run nothing, load nothing, and leave the page as it was', async () => {
    const target = { url: platform.url, key: KEYS.plain, close: async () => undefined };
    const { page, faults, strangers, close } = await openConsole(browser, target);
    await signIn(page, KEYS.plain);
    for (const source of XSS_VECTORS) await settled(await ask(page, `markdown ${source}`));
    await page.locator('.prose details, .prose a').first().hover();
    expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false);
    expect(
      await page.locator('.prose').locator('img, svg, script, style, iframe, form, input, object, embed').count(),
    ).toBe(0);
    const links = await page
      .locator('.prose a[href]')
      .evaluateAll((all) => all.map((link) => [link.getAttribute('href'), link.getAttribute('rel')]));
    for (const [href, rel] of links) {
      expect(href).toMatch(/^(https?:|mailto:)/i);
      expect(rel).toContain('noopener');
    }
    expect(strangers).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  });

  it('are held by the policy even where HTML reached the page past the sanitizer', async () => {
    const target = { url: platform.url, key: KEYS.plain, close: async () => undefined };
    const { page, close } = await openConsole(browser, target);
    const refused = await page.evaluate(() => {
      try {
        document.body.innerHTML = '<img src=x onerror="globalThis.pwned = 1">';
        return false;
      } catch (error) {
        return error instanceof TypeError;
      }
    });
    expect(refused).toBe(true);
    await close();
  });
});
