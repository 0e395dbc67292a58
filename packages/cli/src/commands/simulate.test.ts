import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPlinth } from '../testing/plinth.ts';

let plinth: Awaited<ReturnType<typeof openPlinth>>;
beforeEach(async () => {
  plinth = await openPlinth();
});
afterEach(() => plinth.close());

describe('plinth simulate', () => {
  it('shows what each strategy costs, which is cheapest, and where requests went', async () => {
    const page = join(plinth.state, 'day.html');
    const picture = join(plinth.state, 'day.svg');
    const args = ['--trace', 'bursty', '--peak', '30', '--hours', '1', '--html', page, '--svg', picture];
    const { code, stdout, stderr } = await plinth.run('simulate', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: `Wrote ${picture}\nWrote ${page}\n` });
    expect(stdout).toMatch(/^bursty, 1 h, [\d,]+ requests, 30 a second at the most; every request simulated\n/);
    expect(stdout).toMatch(/ (is cheapest here|meets the SLO)/);
    for (const name of ['all managed', 'all self-hosted', 'hybrid'])
      expect(stdout).toMatch(new RegExp(`^${name} +\\d+ +\\$`, 'm'));
    expect(stdout).toMatch(/█ own {2}█ managed {2}█ refused/);
    const svg = await readFile(picture, 'utf8');
    expect(svg).toMatch(/^<svg .*prefers-color-scheme:dark.*<path class="own" d="M.*<\/svg>\n$/s);
    expect(await readFile(page, 'utf8')).toContain(svg.trimEnd());
  });

  it('reads a trace from CSV, scales it, and prints JSON', async () => {
    const file = join(plinth.state, 'day.csv');
    await writeFile(file, 'second,rate\n0,1\n60,4\n120,1\n');
    const { code, stdout } = await plinth.run(
      'simulate',
      '--trace',
      file,
      '--peak',
      '8',
      '--strategy',
      'managed',
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      trace: { name: 'day.csv', peak: 8, requests: 720, hours: 0.05 },
      simulatedShare: 1,
      strategies: [{ strategy: 'managed', servers: 0, managedShare: 1, meetsSlo: true }],
      verdict: { cheapest: 'managed' },
    });
  });

  it.each([
    [['--trace', 'weekly'], /Cannot read weekly\. Name a file, or one of steady, diurnal, bursty, flash\./],
    [['--peak', 'many'], /--peak must be a number of 0\.01 to 100000, not "many"\./],
    [['--strategy', 'cheap'], /There is no strategy "cheap"\. Use managed, own, hybrid; or all\./],
  ])('says what is wrong with %j', async (args, message) => {
    const { code, stderr } = await plinth.run('simulate', ...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});
