import { afterAll, beforeAll } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { KEYS, startScriptedPlatform } from './scripted-platform.ts';
import type { ScriptedPlatform } from './scripted-platform.ts';
import { builtConsole } from './target.ts';
import type { Target } from './target.ts';

/** What the tests of one `describe` share; to be read inside tests and hooks only, once it is there. */
export interface ScriptedBrowser {
  readonly browser: Browser;
  /** The scripted platform as a page opens it, with a key that is let in. */
  readonly target: Target & { readonly scripted: ScriptedPlatform };
}

/** Starts a scripted platform that serves the built console, and a browser, around the tests of a `describe`. */
export function useScriptedBrowser(): ScriptedBrowser {
  let platform: ScriptedPlatform | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    platform = await startScriptedPlatform(await builtConsole());
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.close();
  });
  return {
    get browser() {
      return browser!;
    },
    get target() {
      return { url: platform!.url, key: KEYS.plain, scripted: platform!, close: async () => undefined };
    },
  };
}
