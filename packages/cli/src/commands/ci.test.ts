import { describe, expect, it } from 'vitest';
import { baseOf } from './ci.ts';
import { runCi, type StepResult } from './ci-run.ts';
import type { Ran, Runner } from './ci-runner.ts';
import { STEP_NAMES, type CiStep, type Scope } from './ci-steps.ts';
import { renderSummary, renderTable } from './ci-table.ts';

const BASE = 'a'.repeat(40);
const OK: Ran = { code: 0, output: '' };

/** Answers as told by the name of a step, and remembers what was asked of it. */
function fake(answers: Record<string, Ran | Error> = {}): { run: Runner; asked: CiStep[] } {
  const asked: CiStep[] = [];
  return {
    asked,
    run: async (step) => {
      asked.push(step);
      const answer = answers[step.name] ?? OK;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

function ci(run: Runner, scope: Partial<Scope> = {}, signal = new AbortController().signal) {
  const seen: StepResult[] = [];
  // A clock that a step takes two seconds of.
  let time = 0;
  const now = () => (time += 2_000);
  const told = { started: () => undefined, ended: (result: StepResult) => void seen.push(result) };
  const asked = { base: BASE, only: STEP_NAMES, reports: 'out', ...scope };
  return runCi(asked, run, { told, signal, now }).then((done) => ({ ...done, seen }));
}

describe('plinth ci', () => {
  it('runs what the change touches, then the checks of the whole, then a plan of each stack touched', async () => {
    const list = { code: 0, output: 'NX warns\n["@plinth/stack-public-chat","@plinth/stack-foundation"]\n' };
    const { run, asked } = fake({ 'affected stacks': list });
    const { steps, stacks, passed } = await ci(run);
    expect(passed).toBe(true);
    expect(stacks).toEqual(['foundation', 'public-chat']);
    expect(steps.map(({ name }) => name)).toEqual([
      ...STEP_NAMES.filter((name) => name !== 'reports'),
      ...['affected stacks', 'report foundation', 'report public-chat'],
    ]);
    expect(asked[0]?.command).toEqual(['nx', 'affected', '-t', 'lint', `--base=${BASE}`, '--parallel=2']);
    expect(steps.at(-1)?.command).toBe(
      `npx plinth plan public-chat --env production --markdown out/plans/public-chat.md --against ${BASE}`,
    );
    expect(steps.every(({ seconds }) => seconds === 2)).toBe(true);
  });

  it('goes on after a failure, one that could not start included, and says what each said', async () => {
    const { run } = fake({
      lint: { code: 1, output: 'unused variable', log: 'lint.log' },
      workflows: new Error('spawn ENOENT'),
      'affected stacks': { code: 0, output: '[]' },
    });
    const { steps, passed, seen } = await ci(run);
    expect(passed).toBe(false);
    expect(steps).toHaveLength(STEP_NAMES.length);
    expect(steps.filter(({ result }) => result === 'failed')).toEqual([
      expect.objectContaining({ name: 'lint', output: 'unused variable', log: 'lint.log' }),
      expect.objectContaining({ name: 'workflows', output: 'spawn ENOENT' }),
    ]);
    expect(seen).toEqual(steps);
  });

  it('checks everything where nothing is compared', async () => {
    const { run, asked } = fake({ 'affected stacks': { code: 0, output: '["@plinth/stack-foundation"]' } });
    await ci(run, { base: undefined });
    const commands = asked.map(({ command }) => command.join(' '));
    expect(commands[0]).toBe('nx run-many -t lint --parallel=2');
    expect(commands.at(-1)).toBe('plinth plan foundation --env production --markdown out/plans/foundation.md');
    expect(commands.filter((command) => /--base|--affected|--against/.test(command))).toEqual([]);
  });

  it('runs only what is asked for, in its own order', async () => {
    const { run, asked } = fake();
    const { stacks } = await ci(run, { only: ['formatting', 'test'] });
    expect(asked.map(({ name }) => name)).toEqual(['test', 'formatting']);
    expect(stacks).toEqual([]);
  });

  it('plans no stack when it cannot be told which are touched', async () => {
    const { run, asked } = fake({ 'affected stacks': { code: 1, output: '["@plinth/stack-foundation"]' } });
    const { passed, stacks } = await ci(run, { only: ['reports'] });
    expect({ passed, stacks, asked: asked.length }).toEqual({ passed: false, stacks: [], asked: 1 });
  });

  it('takes as stacks only what is named like one', async () => {
    const output = '["@plinth/stack-foundation","@plinth/stack-../x","--help"]';
    const { run } = fake({ 'affected stacks': { code: 0, output } });
    expect((await ci(run, { only: ['reports'] })).stacks).toEqual(['foundation']);
  });

  it('tells what it did not come to after an interrupt', async () => {
    const interrupt = new AbortController();
    const run: Runner = async () => {
      interrupt.abort();
      return { code: 1, output: 'Stopped by hand.' };
    };
    const { steps, passed } = await ci(run, { only: ['lint', 'typecheck', 'reports'] }, interrupt.signal);
    expect(passed).toBe(false);
    expect(steps.map(({ result }) => result)).toEqual(['failed', 'not run', 'not run']);
  });
});

describe('the base of comparison', () => {
  const signal = new AbortController().signal;
  const found: Ran = { code: 0, output: `${BASE}\n` };

  it('is where this branch left its target, origin/main first', async () => {
    const { run, asked } = fake({ base: found });
    expect(await baseOf(undefined, run, signal)).toBe(BASE);
    expect(asked.map(({ command }) => command.at(-1))).toEqual(['origin/main']);
  });

  it('is main where there is no origin', async () => {
    const run: Runner = async ({ command }) =>
      command.at(-1) === 'main' ? found : { code: 128, output: 'fatal: Not a valid object name origin/main' };
    expect(await baseOf(undefined, run, signal)).toBe(BASE);
  });

  it('is refused where there is none, with what to do', async () => {
    const { run } = fake({ base: { code: 128, output: 'fatal' } });
    await expect(baseOf('nowhere', run, signal)).rejects.toThrow(/No "nowhere" has a commit in common.*--base.*--all/);
    await expect(baseOf(undefined, run, signal)).rejects.toThrow(/Neither origin\/main nor main/);
  });
});

describe('the table', () => {
  const steps: StepResult[] = [
    { name: 'lint', command: 'npx nx affected -t lint', result: 'passed', seconds: 0.44 },
    { name: 'test', command: 'npx nx affected -t test', result: 'failed', seconds: 119.7, output: 'x' },
    { name: 'plan', command: 'npx nx affected -t plan', result: 'not run', seconds: 0 },
  ];

  it('has step, time and result, and how to run again what failed', () => {
    expect(renderTable({ steps, passed: false }).split('\n')).toEqual([
      '',
      '  step      time  result',
      '✔ lint     0.4 s  passed',
      '✖ test  2 m 00 s  failed: npx nx affected -t test',
      '· plan     0.0 s  not run',
      '',
      '1 of 3 steps failed, 1 not run.',
      '',
    ]);
  });

  it('is Markdown for the summary of a run', () => {
    expect(renderSummary({ steps: steps.slice(0, 1), passed: true })).toBe(
      '| result | step | time | command |\n| --- | --- | --: | --- |\n' +
        '| ✔ passed | lint | 0.4 s | `npx nx affected -t lint` |\n\nAll 1 steps passed in 0.4 s.\n',
    );
  });
});
