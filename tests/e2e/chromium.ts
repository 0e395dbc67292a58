import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Path of a Chromium on this machine: `PLINTH_CHROMIUM`, or where Linux and macOS usually have one. */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = environment.PLINTH_CHROMIUM;
  if (named !== undefined && named !== '') return named;
  const home = environment.HOME;
  return [...PLACES, ...(home === undefined ? [] : PLACES.map((place) => join(home, place)))].find((place) =>
    existsSync(place),
  );
}

export const CHROMIUM = findChromium();
export const NO_CHROMIUM =
  'No Chromium was found, so the browser tests are skipped. Install one, or set PLINTH_CHROMIUM to its path.';

export async function launchChromium(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error(NO_CHROMIUM);
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS, headless: true });
}
