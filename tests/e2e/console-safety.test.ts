import { describe, expect, it } from 'vitest';
import { XSS_VECTORS } from '../../services/console/src/markdown/xss-vectors.ts';
import { CHROMIUM } from './chromium.ts';
import { ask, openConsole, settled, signIn } from './page.ts';
import { useScriptedBrowser } from './scripted-browser.ts';
import { KEYS } from './scripted-platform.ts';

describe.skipIf(CHROMIUM === undefined)('hostile answers, in a browser', () => {
  const scripted = useScriptedBrowser();

  it('run nothing, load nothing, and leave the page as it was', async () => {
    const { page, faults, strangers, close } = await openConsole(scripted.browser, scripted.target);
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
    const { page, close } = await openConsole(scripted.browser, scripted.target);
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
