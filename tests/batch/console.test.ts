import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { XSS_VECTORS } from '../../services/console/src/markdown/xss-vectors.ts';
import { CHROMIUM } from '../e2e/chromium.ts';
import { consoleMode, type ConsoleMode } from '../e2e/console-mode.ts';
import { startScriptedPlatform } from '../e2e/scripted-platform.ts';
import { failureLine, fillBatches, NOW, scriptBatches } from './scripted-batches.ts';
import type { ScriptedBatches } from './scripted-batches.ts';

const request = (id: string, model = 'scripted-small') =>
  `${JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/chat/completions', body: { model, messages: [] } })}\n`;

describe.skipIf(CHROMIUM === undefined)('the batches of the console, in a browser', () => {
  let batches: ScriptedBatches;
  let page: Page;
  const mode = consoleMode((folder) =>
    startScriptedPlatform(folder, undefined, (...given) => batches.handle(...given)),
  );
  beforeEach(() => {
    batches = scriptBatches();
  });
  const enter = async (...given: Parameters<ConsoleMode['enter']>) => {
    page = await mode.enter(...given);
  };

  const choose = (name: string, text: string) =>
    page.getByLabel('File of requests').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
  const focused = (element: Locator) =>
    expect.poll(() => element.evaluate((each) => each === document.activeElement)).toBe(true);
  const start = () => page.getByRole('button', { name: 'Start the batch' });
  const row = (name: string) => page.getByRole('row', { name: new RegExp(name) });

  it('lists each with its state, progress, rate, end, deadline and cost against the quote', async () => {
    fillBatches(batches);
    await enter('#/batches');
    const running = row('support-tickets.jsonl');
    await running.waitFor();
    expect(await running.locator('td').allInnerTexts()).toEqual([
      expect.stringContaining('Running'),
      '612,458 of 1,000,000, 118 failed',
      '171 a second',
      expect.stringMatching(/^in 3\d min$/),
      'in 23 h',
      '$43.62 of at most $96.00',
    ]);
    const bar = running.getByRole('progressbar', { name: 'Requests done' });
    expect(await bar.getAttribute('aria-valuenow')).toBe('612458');
    expect(Number(await running.getByRole('meter', { name: 'Cost so far' }).getAttribute('aria-valuenow'))).toBeCloseTo(
      0.454,
      2,
    );
    await row('Quarterly mails, second try').getByText('Checking the file').waitFor();
    await row('product-descriptions.jsonl').getByText('took 3 h 2 min').waitFor();
  });

  it('follows a batch to its end without being asked, and tells a screen reader its states', async () => {
    const running = fillBatches(batches);
    await enter(`#/batches?id=${running.id}`);
    await page.getByRole('heading', { name: 'support-tickets.jsonl' }).waitFor();
    expect(await page.getByTestId('batch-news').innerText()).toBe('');
    running.request_counts.completed = 700_000;
    await page.getByRole('region', { name: 'Progress' }).getByText('700,118 of 1,000,000').waitFor();
    running.request_counts.completed = 800_000;
    await page.getByRole('img', { name: /^Rate in the last \d+ s: between / }).waitFor();
    Object.assign(running, {
      status: 'completed',
      finalizing_at: NOW + 4,
      completed_at: NOW + 5,
      request_counts: { total: 1_000_000, completed: 1_000_000, failed: 0 },
      output_file_id: batches.addFile('file-out-9', 'answers.jsonl', '{"custom_id":"a"}\n'),
    });
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline.locator('[aria-current=step]').getByText('Done').waitFor();
    expect(await page.getByTestId('batch-news').innerText()).toBe('support-tickets.jsonl: Done');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download answers' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('answers.jsonl');
    expect(await readFile((await download.path())!, 'utf8')).toBe('{"custom_id":"a"}\n');
    expect(await page.getByRole('button', { name: 'Cancel batch' }).count()).toBe(0);
  });

  it('cancels only after asking, with the keyboard alone', async () => {
    const running = fillBatches(batches);
    await enter(`#/batches?id=${running.id}`);
    const button = page.getByRole('button', { name: 'Cancel batch' });
    await button.focus();
    await page.keyboard.press('Enter');
    const keep = page.getByRole('button', { name: 'Let it run' });
    await focused(keep);
    await page.keyboard.press('Escape');
    await focused(button);
    expect(batches.batches.get(running.id)?.status).toBe('in_progress');
    await page.keyboard.press('Enter');
    await focused(keep);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.state').getByText('Stopping').waitFor();
    expect(batches.batches.get(running.id)?.status).toBe('cancelling');
  });

  it('names the lines of a file that was refused, and the first requests that failed', async () => {
    fillBatches(batches);
    await enter('#/batches?id=batch_0002');
    const refused = page.getByRole('region', { name: 'Why it failed' });
    await refused.getByRole('row', { name: /1,204 Line 1204 has the custom_id/ }).waitFor();
    await page.getByRole('link', { name: 'All batches' }).click();
    await page.getByRole('link', { name: 'product-descriptions.jsonl' }).click();
    const failed = page.getByRole('region', { name: 'Requests that failed' });
    await failed
      .getByRole('row', { name: /p-00311 The prompt has 9,120 tokens.* context_length_exceeded, 400/ })
      .waitFor();
    await page.goBack();
    await row('translations.jsonl').waitFor();
  });

  it('makes a batch of a dropped file, and opens it', async () => {
    await enter('#/batches');
    await page.getByText('No batches yet').waitFor();
    await page.getByRole('link', { name: 'New batch' }).click();
    expect(await start().isDisabled()).toBe(true);
    const dropped = await page.evaluateHandle(
      (text) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([text], 'mails.jsonl'));
        return transfer;
      },
      request('a') + request('b'),
    );
    await page.getByRole('region', { name: 'Requests' }).dispatchEvent('drop', { dataTransfer: dropped });
    await page.getByText('All lines look right.').waitFor();
    await page.getByLabel('Done within').selectOption('3 days');
    await page.getByLabel('Wait for the off-peak hours').uncheck();
    await page.getByLabel('Name').fill('Mails');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Mails' }).waitFor();
    await page.locator('.state').getByText('Checking the file').waitFor();
    expect(batches.created).toEqual([
      {
        input_file_id: expect.stringMatching(/^file-in-up/),
        endpoint: '/v1/chat/completions',
        completion_window: '3d',
        metadata: { name: 'Mails' },
        plinth: { off_peak: false },
      },
    ]);
    expect(batches.files.get(batches.created[0]!.input_file_id)?.text).toBe(request('a') + request('b'));
    await page.getByRole('link', { name: 'All batches' }).click();
    await row('Mails').waitFor();
  });

  it('says which lines would be refused before anything is sent', async () => {
    await enter('#/batches/new');
    await choose('mails.jsonl', `${request('a')}{"custom_id":\n${request('a')}${request('d', 'large')}`);
    expect(await page.locator('.wrong-lines li').allInnerTexts()).toEqual([
      'Line 2 is not JSON.',
      'Line 3 has the custom_id “a”, which line 1 has too.',
      'Line 4 names the model “large”, the first one “scripted-small”: a batch is of one model.',
    ]);
    expect(await start().isDisabled()).toBe(true);
    await choose('mails.jsonl', request('a', 'unknown'));
    await page.getByText('This key lists no model of that name').waitFor();
    expect(await start().isEnabled()).toBe(true);
  });

  it('says in words what the platform refused, and does not send a file twice', async () => {
    await enter('#/batches/new');
    await choose('huge.jsonl', request('a'));
    await start().click();
    await page.getByText('This file is too large for the platform.').waitFor();
    await choose('mails.jsonl', request('a'));
    await page.getByLabel('Name').fill('too many');
    await start().click();
    await page.getByText('There are as many batches or files as there may be.').waitFor();
    await page.getByText('Your organization has 10 open batches').waitFor();
    await page.getByLabel('Name').fill('Mails');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Mails' }).waitFor();
    expect(batches.created.map(({ input_file_id }) => input_file_id)).toEqual(
      Array(2).fill(batches.created[0]?.input_file_id),
    );
  });

  it('shows how much has been sent, goes on while the chat is shown, and stops when asked', async () => {
    await enter('#/batches/new');
    await choose('slow.jsonl', request('a'));
    await start().click();
    await page.getByText('Sending the file, 100 %').waitFor();
    await page.getByRole('link', { name: 'Chat' }).click();
    await page.getByLabel('Message').waitFor();
    await page.getByRole('link', { name: 'Batches' }).click();
    await page.getByRole('link', { name: 'New batch' }).click();
    await page.getByText('Sending the file, 100 %').waitFor();
    await page.getByRole('button', { name: 'Stop sending' }).click();
    await page.getByRole('button', { name: 'Choose a JSONL file' }).waitFor();
    expect(batches.created).toEqual([]);
  });

  it('keeps what was seen while the platform fails, and goes on by itself', async () => {
    fillBatches(batches);
    await enter('#/batches');
    await row('support-tickets.jsonl').waitFor();
    batches.failing = true;
    await page.getByText('could not reach one of its stores').waitFor();
    expect(await row('support-tickets.jsonl').count()).toBe(1);
    batches.failing = false;
    await page.getByText('could not reach one of its stores').waitFor({ state: 'detached' });
  });

  it('asks for nothing while nobody can see it', async () => {
    fillBatches(batches);
    await enter('#/batches');
    await row('support-tickets.jsonl').waitFor();
    const hide = (hidden: boolean) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await hide(true);
    // The look that may be under way.
    await page.waitForTimeout(500);
    const looks = batches.looks();
    await page.waitForTimeout(4_000);
    expect(batches.looks()).toBe(looks);
    await hide(false);
    await expect.poll(() => batches.looks()).toBeGreaterThan(looks);
  });

  it('turns pages', async () => {
    for (let count = 1; count <= 24; count += 1) batches.add(`file-${count}.jsonl`, {});
    await enter('#/batches');
    await row('file-24.jsonl').waitFor();
    await page.getByRole('button', { name: 'Older' }).click();
    await row('file-4.jsonl').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(4);
    await page.getByRole('button', { name: 'Newer' }).click();
    await row('file-24.jsonl').waitFor();
  });

  it('runs nothing of hostile names, reasons and errors', async () => {
    const hostile = XSS_VECTORS.slice(0, 12).map((vector) => vector.replace(/\s+/g, ' ').replaceAll('\u0000', ''));
    const [name = ''] = hostile;
    const file = hostile.map((text, index) => failureLine(`${index}${text}`, 400, text, text)).join('');
    const { id } = batches.add(name, {
      status: 'completed',
      completed_at: NOW,
      errors: { object: 'list', data: hostile.map((message, line) => ({ code: 'x', message, line, param: null })) },
      error_file_id: batches.addFile('file-err', name, file),
      plinth: { engine: name, reasons: hostile },
    });
    await enter(`#/batches?id=${id}`);
    await page.getByRole('region', { name: 'Requests that failed' }).getByRole('row').nth(hostile.length).waitFor();
    expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false);
    expect(await page.locator('.batches').locator('img, script, style, iframe, form, object').count()).toBe(0);
  });

  it('says in words that a batch is not there, and that a platform runs none', async () => {
    await enter('#/batches?id=batch_gone');
    await page.getByText('This batch is not here.').waitFor();
    await mode.leave();
    await enter('#/batches', mode.bare);
    await page.getByText('This platform runs no batches.').waitFor();
    await page.getByRole('link', { name: 'Back to the chat' }).click();
    await page.getByLabel('Message').waitFor();
  });

  it('is not loaded until it is opened', async () => {
    await enter('');
    const loaded = () =>
      page.evaluate(
        () =>
          performance.getEntriesByType('resource').filter(({ name }) => /batches-mode|documents-mode/.test(name))
            .length,
      );
    expect(await loaded()).toBe(0);
    await page.getByRole('link', { name: 'Batches' }).click();
    await page.getByText('No batches yet').waitFor();
    expect(await loaded()).toBe(2);
  });

  it('fits a phone, and moves nothing where that is not wanted', async () => {
    const running = fillBatches(batches);
    await enter('#/batches', mode.platform, { viewport: { width: 360, height: 640 }, reducedMotion: 'reduce' });
    await row('support-tickets.jsonl').waitFor();
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    const cut = () =>
      page.evaluate(
        () =>
          [...document.querySelectorAll('.view *')].filter(
            (each) => each.getBoundingClientRect().right > innerWidth + 0.5,
          ).length,
      );
    expect([await wide(), await cut()]).toEqual([0, 0]);
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    for (const hash of [
      `#/batches?id=${running.id}`,
      '#/batches?id=batch_0003',
      '#/batches?id=batch_0002',
      '#/batches/new',
    ]) {
      await page.goto(`${mode.platform.url}/${hash}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect([hash, await wide(), await cut()]).toEqual([hash, 0, 0]);
    }
  });
});
