import { describe, expect, it } from 'vitest';
import { CHROMIUM } from './chromium.ts';
import { ask, openConsole, settled, signIn } from './page.ts';
import { useScriptedBrowser } from './scripted-browser.ts';
import { KEYS } from './scripted-platform.ts';

interface Measured {
  frames: number;
  mutations: number;
  longest: number;
  over50: number;
}

describe.skipIf(CHROMIUM === undefined)('a long answer, in a browser', () => {
  const scripted = useScriptedBrowser();

  it('of 2,000 chunks is drawn at most once a frame, with no long halt', async () => {
    const { page, faults, close } = await openConsole(scripted.browser, scripted.target);
    await signIn(page, KEYS.plain);
    await page.evaluate(() => {
      const measured = { frames: 0, mutations: 0, longest: 0, over50: 0 };
      Object.assign(globalThis, { measured });
      const count = () => {
        measured.frames += 1;
        requestAnimationFrame(count);
      };
      requestAnimationFrame(count);
      new MutationObserver(() => (measured.mutations += 1)).observe(document.querySelector('.column') as Element, {
        childList: true,
        characterData: true,
        subtree: true,
      });
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) {
          measured.longest = Math.max(measured.longest, duration);
          measured.over50 += 1;
        }
      }).observe({ type: 'longtask' });
    });
    const started = performance.now();
    const answer = await settled(await ask(page, 'flood'));
    const seconds = (performance.now() - started) / 1000;
    const measured = await page.evaluate(() => (globalThis as unknown as { measured: Measured }).measured);
    const length = (await answer.locator('.prose').textContent())?.length ?? 0;
    console.info(
      `80 kB in 2,000 chunks: ${seconds.toFixed(1)} s, ${measured.mutations} drawings in ${measured.frames} frames, ` +
        `${measured.over50} tasks over 50 ms, longest ${Math.round(measured.longest)} ms`,
    );
    expect(length).toBeGreaterThan(60_000);
    // The question, the end and its notes are drawn outside the frames of the text.
    expect(measured.mutations).toBeLessThanOrEqual(measured.frames + 6);
    expect(measured.longest).toBeLessThan(500);
    expect(faults).toEqual([]);
    await close();
  });
});
