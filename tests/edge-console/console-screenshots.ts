// Takes the pictures of the console's sites: `node --import tsx tests/edge-console/console-screenshots.ts <folder>`.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from '../e2e/chromium.ts';
import { KEYS, startScriptedPlatform } from '../e2e/scripted-platform.ts';
import { builtConsole } from '../e2e/target.ts';
import { CENTRAL, completion, NOW, scriptSite } from './scripted-site.ts';
import type { ScriptedSite } from './scripted-site.ts';

const folder = process.argv[2] ?? 'screenshots';
await mkdir(folder, { recursive: true });
const files = await builtConsole();
const browser = await launchChromium();

interface View {
  fill: (site: ScriptedSite) => void;
  act: (page: Page, site: ScriptedSite) => Promise<unknown>;
}

async function shoot(name: string, { fill, act }: View, options: BrowserContextOptions) {
  const site = scriptSite();
  fill(site);
  const platform = await startScriptedPlatform(files, undefined, undefined, (...given) => site.handle(...given));
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => console.error(`${name}: ${error.message}`));
  await page.goto(`${platform.url}/#/sites`);
  await page.getByLabel('API key').fill(KEYS.plain);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Site laptop' }).waitFor();
  await act(page, site);
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: false });
  await context.close();
  await platform.close();
}

async function ask(page: Page, text: string, model?: string): Promise<void> {
  await page.getByLabel('Question', { exact: true }).fill(text);
  if (model !== undefined) await page.getByLabel('Model', { exact: true }).selectOption(model);
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
}

const VIEWS: Readonly<Record<string, View>> = {
  up: { fill: () => undefined, act: (page) => page.getByText('Nothing waits').waitFor() },
  cut: {
    fill(site) {
      site.reply = 'Valve 7 feeds line 3. It stands beside the second pump; close valve 6 before you open it.';
      const text = 'Gravity is the pull that things with mass have on each other.';
      const response = completion(CENTRAL, text);
      site.add({ status: 'failed', created_at: NOW - 90_000, ended_at: NOW - 3_600, error: GIVEN_UP });
      site.add({ status: 'completed', created_at: NOW - 900, ended_at: NOW - 420, response });
      const [own, bedrock] = site.routes[0]!.pools.map(({ members }) => members[0]!);
      Object.assign(own!, { in_flight: 2 });
      Object.assign(bedrock!, { in_flight: 3, ttft_ms: 412, breaker: 'half-open' });
    },
    async act(page, site) {
      await page.getByRole('button', { name: 'Cut' }).click();
      await page.getByText('The site finds out').waitFor();
      site.notice();
      site.view.link.since -= 340;
      await ask(page, 'Summarize the night shift for the morning.', CENTRAL);
      await page.getByText('Waits in the outbox').waitFor();
      await ask(page, 'Which valve feeds line 3?', 'smollm2-135m-instruct');
      await page.getByText('Valve 7').waitFor();
      await page.getByText('On its own').waitFor();
    },
  },
  refused: {
    fill(site) {
      Object.assign(site.view, {
        mode: 'restricted',
        staging: 1_795_980_000,
        rejected: [{ sequence: 1_795_971_200, problem: 'The model "small" is not ready (503).', at: NOW - 4_000 }],
        trouble: {
          reason: 'tampered',
          message: "The bundle's keys is not what was signed: its SHA-256 or size is another.",
        },
      });
      Object.assign(site.view.bundle!, { stale: true, unconfirmed_seconds: 700_000 });
    },
    act: (page) => page.getByText('A bundle was refused').waitFor(),
  },
};
const GIVEN_UP = {
  code: 'request_timeout',
  message: 'The link was not back in the time this site lets requests wait. Send it again.',
};

try {
  for (const [name, view] of Object.entries(VIEWS)) {
    for (const colorScheme of ['light', 'dark'] as const)
      await shoot(`sites-${name}-${colorScheme}`, view, { colorScheme });
    await shoot(`sites-${name}-narrow`, view, { viewport: { width: 360, height: 740 } });
  }
} finally {
  await browser.close();
}
