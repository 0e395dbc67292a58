import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeRunFile } from '../laptop/run-file.ts';
import { runInProcess } from '../testing/in-process.ts';
import { openPlinth } from '../testing/plinth.ts';
import { openRagApi } from '../testing/rag-api.ts';
import { ragCommand } from './rag.ts';

let plinth: Awaited<ReturnType<typeof openPlinth>>;
let api: Awaited<ReturnType<typeof openRagApi>>;
beforeEach(async () => {
  [plinth, api] = await Promise.all([openPlinth(), openRagApi()]);
  await writeRunFile(plinth.state, { pid: process.pid, url: api.url, apiKey: 'plinth_key', services: [] });
});
afterEach(() => Promise.all([plinth.close(), api.close()]));

const rag = (...args: string[]) => runInProcess(ragCommand(), args, { PLINTH_STATE_DIR: plinth.state });
async function file(name: string, content: string): Promise<string> {
  const path = join(plinth.state, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, content);
  return path;
}
const SET = [
  { id: '1', question: 'How many days of leave?', relevant: [{ documentId: 'leave.md', grade: 2 }] },
  { id: '2', question: 'Who approves travel?', relevant: [{ documentId: 'travel.md', grade: 1 }] },
  { id: '3', question: 'What is the <b>moon</b> made of?', relevant: [] },
];
const questions = () => file('questions.jsonl', SET.map((each) => JSON.stringify(each)).join('\n'));

describe('plinth rag', () => {
  it('tells what each command does, with examples', () => {
    for (const command of ragCommand().commands) {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      expect(help).toContain(`plinth rag ${command.name()}`);
      expect(help).toContain('--json');
    }
  });

  it('says what to do when nothing runs, or nothing answers', async () => {
    const elsewhere = await openPlinth();
    const stopped = await elsewhere.run('rag', 'search', 'x');
    await elsewhere.close();
    expect(stopped).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('Start it with "npm start"'),
    });
    await api.close();
    const gone = await plinth.run('rag', 'search', 'x');
    expect(gone).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('Nothing answers at') });
    expect(gone.stderr).not.toMatch(/\n {4}at /);
  });

  it('never sends the key of this machine to another platform', async () => {
    const { code, stderr } = await rag('search', 'x', '--url', 'http://127.0.0.1:9/rag');
    expect(code).toBe(1);
    expect(stderr).toContain('Set PLINTH_API_KEY');
  });
});

describe('plinth rag search', () => {
  it('shows passages with where they are from and their scores', async () => {
    const { code, stdout } = await rag(
      'search',
      'leave',
      '--limit',
      '3',
      '--method',
      'hybrid',
      '--filter',
      '{"team":"hr"}',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('1. Leave › Days  leave.md, page 2');
    expect(stdout).toContain('lexical 7.100 (#1)');
    expect(api.calls.at(-1)).toMatchObject({
      path: '/rag/v1/search',
      authorization: 'Bearer plinth_key',
      json: { query: 'leave', limit: 3, method: 'hybrid', filter: { team: 'hr' } },
    });
  });

  it('lets no text of a document take over the terminal', async () => {
    expect((await rag('search', 'leave')).stdout).not.toContain('\u001B]0;');
  });

  it.each([
    [['--limit', '0'], '1 to 100'],
    [['--method', 'magic'], 'hybrid, lexical, dense'],
    [['--filter', '[1]'], 'JSON object'],
  ])('refuses %j', async (args, message) => {
    expect(await rag('search', 'x', ...args)).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
    expect(api.calls).toEqual([]);
  });
});

describe('plinth rag ask', () => {
  it('streams the answer with numbered citations, and lists their sources', async () => {
    const { code, stdout } = await rag('ask', 'How many days?');
    expect(code).toBe(0);
    expect(stdout).toContain('You have 25 days.[1] They expire in March.[2][1]');
    expect(stdout).toMatch(/\[1\] Leave, page 2 {2}leave\.md .*\n {4}“25 days of leave”/);
    expect(stdout).toContain('[2] March');
    expect(stdout).toContain('Groundedness 0.90');
  });

  it('explains which passages were found and what became of them', async () => {
    const { stdout } = await rag('ask', 'How many days?', '--explain');
    expect(stdout).toContain('Passages found (3)');
    expect(stdout).toMatch(/1\. packed {2}Leave/);
    expect(stdout).toMatch(/2\. over budget {2}Travel/);
    expect(stdout).toContain('3. below rank  (no longer yours to read)');
    expect(stdout).toContain('✖ 0.20  And 30 more.  (number)');
    expect(stdout).toContain('likeness −0.40  support −0.90');
    expect(stdout).toContain('✔ 0.95  You have 25 days.');
  });

  it('prints all of it as JSON', async () => {
    const answer = JSON.parse((await rag('ask', 'How many days?', '--json', '--explain')).stdout) as Record<
      string,
      unknown
    >;
    expect(answer).toMatchObject({ id: 'a1', groundedness: 0.9, abstained: false });
    expect(answer['citations']).toHaveLength(3);
    expect(answer['explanation']).toHaveProperty('passages');
  });

  it('fails with the words of the service, also in the middle of an answer', async () => {
    expect(await rag('ask', 'Too dear?')).toMatchObject({
      code: 1,
      stderr: 'plinth: The budget is used up. Retry in 60 s.\n',
    });
    const broken = await rag('ask', 'Break?');
    expect(broken).toMatchObject({ code: 1, stderr: 'plinth: The model stopped.\n' });
  });
});

describe('plinth rag ingest', () => {
  it('uploads the documents of a folder and waits until each is indexed', async () => {
    await file('docs/a.md', '# A');
    await file('docs/deep/b b.txt', 'B');
    await file('docs/.hidden.md', 'no');
    await file('docs/picture.png', 'no');
    const outcome = await rag(
      'ingest',
      join(plinth.state, 'docs'),
      '--groups',
      'staff,hr',
      '--prefix',
      'x/',
      '--metadata',
      '{"team":"hr"}',
    );
    expect(outcome).toMatchObject({ code: 0, stdout: '2 indexed, 0 unchanged, 0 failed.\n' });
    expect(api.uploads.sort((a, b) => (a['id']! < b['id']! ? -1 : 1))).toEqual([
      { id: 'x/a.md', groups: 'staff,hr', metadata: '{"team":"hr"}', file: '# A' },
      { id: 'x/deep/b b.txt', groups: 'staff,hr', metadata: '{"team":"hr"}', file: 'B' },
    ]);
  });

  it('goes on after a file that is refused or cannot be read, and ends with code 1', async () => {
    for (const name of ['good.md', 'broken.md', 'refused.md']) await file(`docs/${name}`, name);
    const { code, stdout } = await rag('ingest', join(plinth.state, 'docs'), '--groups', 'staff');
    expect(code).toBe(1);
    expect(stdout).toContain('✖ broken.md: failed. The file ends too soon.');
    expect(stdout).toContain('✖ refused.md: refused. You are not in "staff".');
    expect(stdout).toContain('1 indexed, 0 unchanged, 2 failed.');
  });

  it.each([
    [['nothing-here', '--groups', 'staff'], 'There is no file or folder'],
    [['package.json', '--groups', 'a,,b'], 'one or more names'],
    [['package.json', '--groups', 'a', '--metadata', '{'], 'JSON object'],
  ])('refuses %j', async (args, message) => {
    expect(await rag('ingest', ...args)).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  });
});

describe('plinth rag documents', () => {
  it('lists the library page by page, one, or none', async () => {
    const { stdout } = await rag('documents');
    expect(stdout).toMatch(
      /^indexed {3}leave\.md +v2 +3 passages {2}staff\nfailed {4}broken\.pdf .*The file ends too soon\.\n$/,
    );
    expect(api.calls.map(({ path }) => path)).toEqual([
      '/rag/v1/documents?limit=100',
      '/rag/v1/documents?limit=99&after=leave.md',
    ]);
    expect((await rag('documents', 'a/b.md', '--json')).stdout).toContain('"id":"a/b.md"');
    expect(api.calls.at(-1)?.path).toBe('/rag/v1/documents/a%2Fb.md');
    expect((await rag('documents', '--limit', '1')).stdout).toContain('There are more: --after "leave.md"');
  });

  it('removes one', async () => {
    expect(await rag('documents', '--remove', 'leave.md')).toMatchObject({ code: 0, stdout: 'Removing leave.md.\n' });
    expect(api.calls.at(-1)).toMatchObject({ method: 'DELETE', path: '/rag/v1/documents/leave.md' });
  });
});

describe('plinth rag eval', () => {
  it('shows the configurations side by side, and their difference', async () => {
    const [now, lexical, set] = await Promise.all([
      file('now.json', '{}'),
      file('lexical.json', '{"method":"lexical"}'),
      questions(),
    ]);
    const { code, stdout, stderr } = await rag('eval', '--questions', set, '--config', lexical, '--against', now);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('3 questions: 2 with an answer, 1 without.');
    expect(stdout).toMatch(/ +now \(baseline\) +lexical\n/);
    expect(stdout).toMatch(/ndcg@10 +1\.0000 +0\.7500\n/);
    expect(stdout).toMatch(/p95 +20 ms +20 ms/);
    expect(stdout).toMatch(/lexical against now\n.*\nndcg@10 +−0\.2500 .* 0\/1\/1 /);
  });

  it('ends with code 1 when the gate is not passed, and says why', async () => {
    const set = await questions();
    const passed = await rag('eval', '--questions', set, '--gate', 'ndcg@10>=0.9,p95<=2000');
    expect(passed.code).toBe(0);
    expect(passed.stdout).toContain('✔ ndcg@10>=0.9  1');
    const missed = await rag('eval', '--questions', set, '--gate', 'ndcg@10>=0.9,groundedness>=0.7');
    expect(missed.code).toBe(1);
    expect(missed.stdout).toContain('✖ groundedness>=0.7  was not measured');
    const [now, lexical] = await Promise.all([file('now.json', '{}'), file('lexical.json', '{"method":"lexical"}')]);
    const lost = await rag(
      'eval',
      '--questions',
      set,
      '--config',
      lexical,
      '--against',
      now,
      '--gate',
      'ndcg@10>=baseline-0.02',
      '--json',
    );
    expect(lost.code).toBe(1);
    expect(JSON.parse(lost.stdout)).toMatchObject({
      passed: false,
      hasBaseline: true,
      runs: [{ name: 'now' }, { name: 'lexical' }],
    });
  });

  it('writes a page that needs nothing else and lets no text of a question become HTML', async () => {
    const set = await questions();
    const report = join(plinth.state, 'out/report.html');
    const { code } = await rag(
      'eval',
      '--questions',
      set,
      '--answers',
      '--gate',
      'groundedness>=0.5',
      '--report',
      report,
    );
    expect(code).toBe(0);
    const page = await readFile(report, 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('the gate is passed');
    expect(page).toMatch(/<svg [^>]*role="img"/);
    expect(page).toContain('&lt;b&gt;moon&lt;/b&gt;');
    expect(page).not.toContain('<b>moon</b>');
    expect(page).not.toMatch(/<script|src=|href="http|url\(/);
    expect(api.calls.at(-1)?.json).toMatchObject({ config: { answers: true }, stream: true });
  });

  it.each([
    [['--gate', 'beauty>=1'], 'names no metric'],
    [['--gate', 'mrr>=baseline'], '--against <file>'],
    [['--config', 'nothing.json'], 'Cannot read nothing.json'],
  ])('refuses %j before anything is asked', async (args, message) => {
    const set = await questions();
    expect(await rag('eval', '--questions', set, ...args)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(message),
    });
    expect(api.calls).toEqual([]);
  });

  it('names the line of a question set that is wrong, and the field of a configuration', async () => {
    const set = await file('bad.jsonl', `${JSON.stringify(SET[0])}\n{"id":"2"}`);
    expect((await rag('eval', '--questions', set)).stderr).toContain('Line 2 of the question set: question: ');
    const config = await file('bad.json', '{"limit":1000}');
    expect((await rag('eval', '--questions', await questions(), '--config', config)).stderr).toContain('limit: ');
  });
});
