import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { XSS_VECTORS } from '../../services/console/src/markdown/xss-vectors.ts';
import { CHROMIUM } from '../e2e/chromium.ts';
import { consoleMode, type ConsoleMode } from '../e2e/console-mode.ts';
import { startScriptedPlatform } from '../e2e/scripted-platform.ts';
import { HANDBOOK, scriptDocuments } from './scripted-documents.ts';
import type { ScriptedDocuments } from './scripted-documents.ts';

describe.skipIf(CHROMIUM === undefined)('the documents of the console, in a browser', () => {
  let documents: ScriptedDocuments;
  let page: Page;
  const mode = consoleMode((folder) => startScriptedPlatform(folder, (...given) => documents.handle(...given)));
  beforeEach(() => {
    documents = scriptDocuments();
  });
  const enter = async (...given: Parameters<ConsoleMode['enter']>) => {
    page = await mode.enter(...given);
  };

  async function ask(question: string) {
    await page.getByLabel('Question', { exact: true }).fill(question);
    await page.keyboard.press('Enter');
    const answer = page.locator('.answer').last();
    await answer.and(page.locator('.done, .failed')).waitFor();
    return answer;
  }

  it('answers with its sources as chips that tell, on focus, what they quote', async () => {
    await enter('#/documents');
    const answer = await ask('How many days of leave?');
    expect(await answer.locator('.prose').innerText()).toMatch(
      /25 days of annual leave\.\s*1\s*Up to five .* March\.\s*2/s,
    );
    const chip = answer.getByRole('button', { name: 'Source 1: Leave and holidays, page 2' });
    await chip.focus();
    const card = page.getByRole('tooltip');
    expect(await card.innerText()).toContain(HANDBOOK.quote);
    expect(await chip.getAttribute('aria-describedby')).toBe(await card.getAttribute('id'));
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
  });

  it('marks what no document supports, in words and not by colour alone', async () => {
    await enter('#/documents');
    const answer = await ask('How many days of leave?');
    expect(await answer.locator('.unsupported').allInnerTexts()).toEqual(['Your manager gets 40 days.']);
    await answer.getByText('not in the documents').waitFor();
    expect(await answer.locator('.prose li').innerText()).toContain('Not supported by the documents:');
    await answer.getByText('Partly supported by the documents (67 %)').waitFor();
    expect(await answer.getByRole('meter', { name: 'Groundedness' }).getAttribute('aria-valuetext')).toBe('67 %');
  });

  it('opens the source exactly at the quote, gives the focus back, and goes back with the browser', async () => {
    await enter('#/documents');
    const answer = await ask('How many days of leave?');
    const chip = answer.locator('.chip').first();
    await chip.focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('complementary', { name: HANDBOOK.title });
    await panel.locator('mark').waitFor();
    expect(await panel.locator('mark').allInnerTexts()).toEqual([HANDBOOK.quote]);
    expect(await panel.locator('mark').isVisible()).toBe(true);
    await panel.getByText('Leave and holidays › Annual leave').waitFor();
    await panel.getByText('page 2 of 3').waitFor();
    expect(page.url()).toContain('#/documents?source=handbook%2Fleave.md&version=2');
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(await chip.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.goBack();
    await panel.locator('mark').waitFor();
    await page.goBack();
    await panel.waitFor({ state: 'detached' });
    expect(await page.locator('.exchange').count()).toBe(1);
  });

  it('says that a quote is of an older version, and opens the newest', async () => {
    await enter('#/documents');
    const answer = await ask('How many days of leave?');
    await answer.locator('.chip').last().click();
    await page.getByText('The newest is version 2.').waitFor();
    await page.getByRole('button', { name: 'Open the newest' }).click();
    await page.getByText('The newest is version 2.').waitFor({ state: 'detached' });
  });

  it('opens a source from a link, and saves the original without showing it', async () => {
    await enter('#/documents/library?source=handbook%2Fleave.md&version=2&start=34&end=77');
    await page.locator('mark').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the original' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('leave.md');
    expect(await readFile((await download.path())!, 'utf8')).toContain(HANDBOOK.quote);
  });

  it('shows an abstention as one, with what came closest', async () => {
    await enter('#/documents');
    const answer = await ask('Unknown thing?');
    await answer.getByText('The documents you may read do not answer this.').waitFor();
    expect(await answer.getByRole('region', { name: 'Closest passages' }).getByRole('button').count()).toBe(3);
  });

  it('explains an answer, asks which passage mattered, and takes a rating', async () => {
    await enter('#/documents');
    const answer = await ask('How many days of leave?');
    await answer.getByRole('button', { name: 'This answer helped' }).click();
    await answer.getByText('Thank you.').waitFor();
    expect(documents.feedback).toEqual([{ rating: 'up' }]);
    await answer.getByRole('button', { name: 'Explain this answer' }).click();
    const panel = page.getByRole('complementary', { name: 'Explanation' });
    const rows = panel.getByRole('region', { name: 'Passages found' }).locator('tbody tr');
    await rows.first().waitFor();
    expect(await rows.locator('td:last-child').allInnerTexts()).toEqual([
      expect.stringContaining('Given to the model'),
      'Given to the model',
      'Left out: no room in the prompt',
      'Left out: others rank higher',
    ]);
    await panel.getByText('A passage you may no longer read').waitFor();
    await panel.getByText('✗ Not supported: a number the passages do not have').waitFor();
    await panel.getByText('local 3').waitFor();
    await panel.getByRole('button', { name: 'Which passage mattered?' }).click();
    await panel.locator('.attribution tbody th').first().waitFor();
    expect(await panel.locator('.attribution tbody th').allInnerTexts()).toEqual([
      'Leave and holidays, page 2',
      'Leave and holidays, page 3',
    ]);
  });

  it('says in words what went wrong and asks again', async () => {
    await enter('#/documents');
    const answer = await ask('Busy now?');
    await answer.getByText('The model is busy.').waitFor();
    await answer.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => documents.questions).toEqual(['Busy now?', 'Busy now?']);
  });

  it('takes many files, by button and by dropping, and follows each to its end', async () => {
    await enter('#/documents/library');
    const button = page.getByRole('button', { name: 'Add files' });
    expect(await button.isDisabled()).toBe(true);
    await page.getByLabel('staff').check();
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button.click()]);
    await chooser.setFiles(
      ['one.md', 'broken.pdf'].map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from('Trains.') })),
    );
    const dropped = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      for (const name of ['two.md', 'three.md']) transfer.items.add(new File(['Planes.'], name));
      return transfer;
    });
    await page.getByRole('region', { name: 'Add documents' }).dispatchEvent('drop', { dataTransfer: dropped });
    await page.getByText('4 of 4 files done').waitFor();
    expect(await page.locator('.uploads .step').allInnerTexts()).toEqual([
      '✓ Ready to be asked',
      '✓ Ready to be asked',
      '✓ Ready to be asked',
      '✗ The file ends in the middle of a page. Save it again, then send it again.',
    ]);
    expect(documents.library.get('two.md')?.groups).toEqual(['staff']);
    await page
      .getByRole('region', { name: 'Documents' })
      .getByRole('button', { name: 'three.md', exact: true })
      .waitFor();
  });

  it('turns pages, and deletes only after asking', async () => {
    for (let count = 1; count <= 24; count += 1)
      documents.library.set(`z-${String(count).padStart(2, '0')}.md`, {
        title: `Page ${count}`,
        text: 'x',
        groups: ['staff'],
        version: 1,
        state: 'indexed',
        steps: 0,
      });
    await enter('#/documents/library');
    const rows = page.locator('.library tbody tr');
    await rows.nth(19).waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Page 2').first().waitFor();
    expect(await rows.count()).toBe(5);
    await page.getByRole('button', { name: 'Delete “Page 24”' }).click();
    await page.getByRole('button', { name: 'Keep' }).click();
    expect(documents.library.has('z-24.md')).toBe(true);
    await page.getByRole('button', { name: 'Delete “Page 24”' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect.poll(() => rows.count()).toBe(4);
    expect(documents.library.has('z-24.md')).toBe(false);
  });

  it('says what can be read where the library is empty', async () => {
    documents.library.clear();
    await enter('#/documents/library');
    await page.getByText('PDF, Word (.docx), HTML').waitFor();
  });

  it('runs two configurations and shows them side by side', async () => {
    await enter('#/documents/evaluation');
    await page.locator('input[type=file]').setInputFiles({
      name: 'mine.jsonl',
      mimeType: 'text/plain',
      buffer: Buffer.from('{"id":"1","question":"How many?","relevant":[]}\n'),
    });
    await page.getByText('mine.jsonl: 1 question').waitFor();
    await page.getByRole('button', { name: 'Run both' }).click();
    await page.getByRole('row', { name: /Relevant documents found, first 10 0.930 ✓ 0.810/ }).waitFor();
    await page.getByRole('row', { name: /95 of 100 took at most 41 ms 12 ms ✓/ }).waitFor();
    expect(await page.getByRole('img', { name: /^Shares of each configuration/ }).count()).toBe(1);
    expect(documents.evaluations.map(({ config, questions }) => [config.method, questions?.length])).toEqual([
      ['hybrid', 1],
      ['lexical', 1],
    ]);
  });

  it('shows drift in words and four lines over time with their numbers', async () => {
    await enter('#/documents/monitor');
    await page.getByText('They have changed').waitFor();
    await page.getByText('Too few to compare').waitFor();
    const chart = page.getByRole('region', { name: 'Groundedness' });
    await chart.getByText('Numbers').click();
    expect(await chart.locator('tr').count()).toBe(14);
    expect(await page.locator('svg.chart').count()).toBe(4);
  });

  it('runs nothing of hostile answers, titles, quotes and texts, and loads nothing', async () => {
    await enter('#/documents');
    for (const vector of XSS_VECTORS) {
      const line = vector.replace(/\n/g, ' ').replaceAll('\u0000', '');
      const answer = await ask(`Echo ${line}`);
      const chip = answer.locator('.chip').first();
      if ((await chip.count()) > 0) await chip.focus();
    }
    documents.library.set('<img src=x onerror="globalThis.pwned = 1">', {
      title: '<svg onload="globalThis.pwned = 1">',
      text: XSS_VECTORS.join('\n\n'),
      groups: ['<b>staff</b>'],
      version: 1,
      state: 'indexed',
      steps: 0,
    });
    await page.getByRole('link', { name: 'Library' }).click();
    await page.getByRole('button', { name: '<svg onload="globalThis.pwned = 1">', exact: true }).click();
    await page.locator('.source-text p').first().waitFor();
    expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false);
    expect(
      await page.locator('.source-text, .library th').locator('img, svg, script, style, iframe, form, object').count(),
    ).toBe(0);
  });

  it('is a friendly note where the platform has no documents', async () => {
    await enter('#/documents', mode.bare);
    await page.getByText('This platform has no documents to ask.').waitFor();
    await page.getByRole('link', { name: 'Back to the chat' }).click();
    await page.getByLabel('Message').waitFor();
  });

  it('is not loaded until it is opened, and leaves the chat as it was', async () => {
    const loaded: string[] = [];
    await enter('');
    page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
    await page.getByLabel('Message').fill('half a thought');
    expect(
      await page.evaluate(() =>
        performance.getEntriesByType('resource').some(({ name }) => name.includes('documents-mode')),
      ),
    ).toBe(false);
    await page.getByRole('link', { name: 'Documents' }).click();
    await page.getByLabel('Question', { exact: true }).waitFor();
    expect(loaded.filter((path) => path.includes('documents-mode'))).toHaveLength(2);
    await page.goBack();
    expect(await page.getByLabel('Message').inputValue()).toBe('half a thought');
  });

  it('fits a phone and a page at 200 %, and hides what a panel covers', async () => {
    await enter('#/documents', mode.platform, { viewport: { width: 360, height: 640 } });
    const answer = await ask('How many days of leave?');
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(await wide()).toBeLessThanOrEqual(0);
    await answer.locator('.chip').first().click();
    await page.locator('mark').waitFor();
    expect(await page.getByLabel('Question', { exact: true }).isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Close' }).click();
    for (const view of ['Library', 'Evaluation', 'Monitor']) {
      await page.getByRole('link', { name: view }).click();
      await page.getByRole('heading', { name: view, level: 1 }).waitFor();
      expect(await wide()).toBeLessThanOrEqual(0);
    }
  });
});
