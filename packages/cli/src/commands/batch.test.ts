import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchObject } from '@plinth/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { progressNote } from '../batch/render.ts';
import { watchBatch } from '../batch/watch-batch.ts';
import { PlatformApi } from '../api/platform-api.ts';
import { writeRunFile } from '../laptop/run-file.ts';
import { aBatch, ERRORS, openBatchApi, OUTPUT } from '../testing/batch-api.ts';
import { runInProcess } from '../testing/in-process.ts';
import { openPlinth } from '../testing/plinth.ts';
import { batchCommand } from './batch.ts';

let plinth: Awaited<ReturnType<typeof openPlinth>>;
let api: Awaited<ReturnType<typeof openBatchApi>>;
beforeEach(async () => {
  [plinth, api] = await Promise.all([openPlinth(), openBatchApi()]);
  await writeRunFile(plinth.state, { pid: process.pid, url: api.url, apiKey: 'plinth_key', services: [] });
});
afterEach(() => Promise.all([plinth.close(), api.close()]));

const batch = (...args: string[]) => runInProcess(batchCommand(), args, { PLINTH_STATE_DIR: plinth.state });
const REQUEST = { custom_id: '1', method: 'POST', url: '/v1/chat/completions', body: { model: 'a', messages: [] } };
async function requests(...lines: readonly string[]): Promise<string> {
  const path = join(plinth.state, 'requests.jsonl');
  await writeFile(path, lines.join('\n'));
  return path;
}
const ours = (plinthPart: Partial<NonNullable<BatchObject['plinth']>>) => ({
  engine: 'embedded',
  reasons: [],
  quote_usd: 1,
  cost_usd: 0,
  input_tokens: 0,
  output_tokens: 0,
  rate: null,
  estimated_end_at: null,
  ...plinthPart,
});
const DONE = aBatch({
  status: 'completed',
  output_file_id: 'file-out',
  error_file_id: 'file-err',
  request_counts: { total: 3, completed: 2, failed: 1 },
  plinth: ours({ cost_usd: 0.0123 }),
});

describe('plinth batch', () => {
  it('tells what each command does, with examples', () => {
    for (const command of batchCommand().commands) {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      expect(help).toContain(`plinth batch ${command.name()}`);
      expect(help).toContain('--json');
    }
  });

  it('says what the platform says of a batch that is not there', async () => {
    expect(await batch('watch', 'batch_9')).toMatchObject({
      code: 1,
      stderr: 'plinth: There is no such batch of yours.\n',
    });
  });
});

describe('plinth batch submit', () => {
  it('uploads the file, makes a batch of it, and says how to follow it', async () => {
    const file = await requests(JSON.stringify(REQUEST));
    const { code, stdout } = await batch('submit', file, '--window', '7d');
    expect([code, stdout]).toEqual([0, 'batch_1\nFollow it: plinth batch watch batch_1\n']);
    expect(api.uploads).toEqual([{ name: 'requests.jsonl', purpose: 'batch', text: JSON.stringify(REQUEST) }]);
    expect(api.calls.at(-1)).toEqual({
      route: 'POST /v1/batches',
      query: '',
      authorization: 'Bearer plinth_key',
      json: { input_file_id: 'file-1', endpoint: '/v1/chat/completions', completion_window: '7d' },
    });
  });

  it('asks another model, whatever the requests name', async () => {
    const file = await requests(JSON.stringify(REQUEST), '', JSON.stringify({ ...REQUEST, custom_id: '2' }));
    expect((await batch('submit', file, '--model', 'b', '--json')).code).toBe(0);
    const sent = api.uploads[0]!.text.trim()
      .split('\n')
      .map((line) => JSON.parse(line) as typeof REQUEST);
    expect(sent.map(({ custom_id, body }) => [custom_id, body.model])).toEqual([
      ['1', 'b'],
      ['2', 'b'],
    ]);
  });

  it.each([
    ['is not JSON', '{"custom_id"', 'Line 2 is not JSON.'],
    ['has no body', '{"custom_id":"2"}', 'Line 2 has no "body"'],
    ['is not a request', 'null', 'Line 2 has no "body"'],
  ])('names the line that %s', async (_, line, message) => {
    const { code, stderr } = await batch('submit', await requests(JSON.stringify(REQUEST), line), '--model', 'b');
    expect([code, api.uploads]).toEqual([1, []]);
    expect(stderr).toContain(message);
  });

  it('says that there is no such file', async () => {
    expect((await batch('submit', join(plinth.state, 'none.jsonl'))).stderr).toContain('There is no file');
  });

  it('follows it to its end with --watch, and tells of what is wrong with the file line by line', async () => {
    const errors = [
      { code: 'invalid_json_line', message: 'Line 2 is not JSON.', line: 2, param: null },
      { code: 'budget_exceeded', message: 'Too dear. \u001B]0;owned\u0007', line: null, param: null },
    ];
    api.show(aBatch({ status: 'validating' }), aBatch({ status: 'failed', errors: { object: 'list', data: errors } }));
    const { code, stdout, stderr } = await batch('submit', await requests(JSON.stringify(REQUEST)), '--watch');
    expect(code).toBe(1);
    expect(stderr).toBe('batch_1\nbatch_1 is validating\nbatch_1 is failed\n');
    expect(stdout).toContain('✖ batch_1 failed: 0 of 3 answered.');
    expect(stdout).toContain('  line 2: Line 2 is not JSON.');
    expect(stdout).toContain('  budget_exceeded: Too dear. ]0;owned');
  });
});

describe('plinth batch watch', () => {
  it('ends with the batch, and tells what it came to', async () => {
    api.show(aBatch(), DONE);
    const { code, stdout } = await batch('watch', 'batch_1');
    expect(code).toBe(0);
    expect(stdout).toContain('! batch_1 completed: 2 of 3 answered, 1 failed  $0.0123.');
    expect(stdout).toContain('plinth batch results batch_1 -o answers.jsonl');
  });

  it('prints the ended batch as JSON', async () => {
    api.show(DONE);
    expect(JSON.parse((await batch('watch', 'batch_1', '--json')).stdout)).toEqual(DONE);
  });

  it('draws a bar with rate and estimated end on a terminal', async () => {
    const counts = { total: 3, completed: 1, failed: 0 };
    api.show(aBatch({ request_counts: counts, plinth: ours({ rate: 4.25, estimated_end_at: 1_700_000_090 }) }), DONE);
    let drawn = '';
    const target = { isTTY: true, columns: 100, write: (text: string) => (drawn += text) };
    const platform = new PlatformApi(api.url, 'key', { name: 'batch service', mount: '' });
    await watchBatch(platform, 'batch_1', { quiet: false, target, now: () => 1_700_000_000_000 });
    expect(drawn).toMatch(/Batch █{8}░{16} 1\/3 {2}4\.3\/s {2}ends in 2 min/);
    expect(drawn.endsWith('\r\u001B[2K')).toBe(true);
  });

  it('says nothing of a rate or an end that nobody knows', () => {
    expect(progressNote(aBatch(), 0)).toBe('');
    expect(progressNote(aBatch({ status: 'validating' }), 0)).toBe('validating');
    expect(progressNote(aBatch({ plinth: ours({ rate: 120.4, estimated_end_at: 9_000 }) }), 0)).toBe(
      '120/s  ends in 2 h 30 min',
    );
  });
});

describe('plinth batch list and cancel', () => {
  it('lists batches, and says that there are more', async () => {
    api.show(DONE, aBatch({ id: 'batch_0' }));
    const { stdout } = await batch('list', '--limit', '2', '--after', 'batch_5');
    expect(api.calls.at(-1)?.query).toBe('?limit=2&after=batch_5');
    expect(stdout).toMatch(/batch_1 {2}completed {10}3\/3 {2}2023-11-14 22:13 {2}\$0\.0123\n/);
    expect(stdout).toContain('There are more: --after batch_1');
    expect((await batch('list', '--limit', '101')).stderr).toContain('--limit is a whole number from 1 to 100.');
    expect(JSON.parse((await batch('list', '--json')).stdout)).toHaveLength(2);
  });

  it('cancels one', async () => {
    expect((await batch('cancel', 'batch_1')).stdout).toBe('batch_1 is cancelling.\n');
    expect(JSON.parse((await batch('cancel', 'batch_1', '--json')).stdout)).toMatchObject({ status: 'cancelling' });
  });
});

describe('plinth batch results', () => {
  it('writes the answers and the requests without one to files', async () => {
    api.show(DONE);
    const [out, errors] = [join(plinth.state, 'out.jsonl'), join(plinth.state, 'errors.jsonl')];
    const { code, stdout } = await batch('results', 'batch_1', '-o', out, '-e', errors);
    expect([code, stdout]).toEqual([0, `2 answers in ${out}, 1 requests have none.\n`]);
    expect(await readFile(out, 'utf8')).toBe(OUTPUT);
    expect(await readFile(errors, 'utf8')).toBe(ERRORS);
  });

  it('prints the answers without a file', async () => {
    api.show(DONE);
    expect((await batch('results', 'batch_1')).stdout).toBe(OUTPUT);
  });

  it('says so where there are none, or where JSON would be two things at once', async () => {
    expect((await batch('results', 'batch_1')).stderr).toContain('batch_1 is in_progress: it has no answers.');
    expect((await batch('results', 'batch_1', '--json')).stderr).toContain('--json needs --output');
  });
});
