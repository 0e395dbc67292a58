import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launchChromium } from './chromium.ts';
import { openConsole, type ConsolePage } from './page.ts';
import { KEYS, startScriptedPlatform, type ScriptedPlatform } from './scripted-platform.ts';
import { builtConsole } from './target.ts';

/** One mode of the console, for the tests of a `describe`. */
export interface ConsoleMode {
  /** Scripted for the mode. */
  readonly platform: ScriptedPlatform;
  /** Has nothing of it. */
  readonly bare: ScriptedPlatform;
  /** Opens the console and signs in. @param on @default the scripted platform */
  enter(hash: string, on?: ScriptedPlatform, options?: BrowserContextOptions): Promise<Page>;
  /** Closes the page, for a test that enters twice. */
  leave(): Promise<void>;
}

/** Registers what stands around the tests: platforms and browser, and after each that its page had no faults and asked no strangers. */
export function consoleMode(start: (folder: string) => Promise<ScriptedPlatform>): ConsoleMode {
  let browser: Browser | undefined;
  let platform: ScriptedPlatform | undefined;
  let bare: ScriptedPlatform | undefined;
  let open: ConsolePage;

  beforeAll(async () => {
    const folder = await builtConsole();
    platform = await start(folder);
    bare = await startScriptedPlatform(folder);
    browser = await launchChromium();
  });
  afterEach(async () => {
    const { faults, strangers } = open;
    await open.close();
    expect(faults).toEqual([]);
    expect(strangers).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([platform?.close(), bare?.close()]);
  });

  return {
    get platform() {
      return platform!;
    },
    get bare() {
      return bare!;
    },
    async enter(hash, on = platform!, options = {}) {
      const target = { url: on.url, key: KEYS.plain, close: async () => undefined };
      open = await openConsole(browser!, target, options, hash);
      await open.page.getByLabel('API key').fill(KEYS.plain);
      await open.page.keyboard.press('Enter');
      await open.page.getByRole('navigation', { name: 'Console' }).waitFor();
      return open.page;
    },
    leave: () => open.close(),
  };
}
