import { existsSync } from 'node:fs';
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import { commentMarker } from '@plinth/planning';
import { Command } from 'commander';
import { stateFolder } from '../workspace.ts';
import { runCi, type CiRun, type Told } from './ci-run.ts';
import { processRunner, type Runner } from './ci-runner.ts';
import { REPORTED_ENVIRONMENT, STEP_NAMES, type StepName } from './ci-steps.ts';
import { renderSummary, renderTable } from './ci-table.ts';

interface Options {
  readonly base?: string;
  readonly all?: boolean;
  readonly only?: readonly string[];
  readonly reports?: string;
  readonly summary?: string;
  readonly json?: boolean;
}

export function ciCommand(): Command {
  return new Command('ci')
    .description(
      'check this checkout as a pull request does: what the change touches, then formatting, workflows, policies and a plan of each stack; goes on after a failure and ends with code 1',
    )
    .option('--base <ref>', 'commit or branch to compare with (default: where this branch left origin/main, or main)')
    .option('--all', 'check everything, touched or not')
    .option('--only <step...>', `only these: ${STEP_NAMES.join(', ')}`)
    .option('--reports <folder>', 'where findings.sarif and plans/<stack>.md go (default: .plinth/ci)')
    .option('--summary <file>', 'append the table to a file, as Markdown')
    .option('--json', 'print results as JSON')
    .action(ci);
}

async function ci(options: Options): Promise<void> {
  const only = chosen(options.only ?? []);
  if (options.all === true && options.base !== undefined)
    throw new PlatformError('configuration', 'Use --base or --all: with --all nothing is compared.');
  const state = join(stateFolder(process.env), 'ci');
  const reports = resolve(options.reports ?? state);
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  const run = processRunner(join(state, 'logs'));
  const base = options.all === true ? undefined : await baseOf(options.base, run, interrupt.signal);

  await rm(join(reports, 'plans'), { recursive: true, force: true });
  await mkdir(join(reports, 'plans'), { recursive: true });
  if (base !== undefined) process.stderr.write(`Compared with ${base}\n`);
  const how = { told: progress(), signal: interrupt.signal, now: () => performance.now() };
  const done = await runCi({ base, only, reports }, run, how);
  if (only.includes('reports')) await completeReports(join(reports, 'plans'), done);
  if (options.summary !== undefined) await appendFile(options.summary, renderSummary(done));
  process.stdout.write(options.json === true ? `${JSON.stringify({ base, ...done }, null, 2)}\n` : renderTable(done));
  process.exitCode = done.passed ? 0 : 1;
}

function chosen(asked: readonly string[]): readonly StepName[] {
  if (asked.length === 0) return STEP_NAMES;
  for (const name of asked)
    if (!STEP_NAMES.some((known) => known === name))
      throw new PlatformError('configuration', `There is no step "${name}". Use: ${STEP_NAMES.join(', ')}.`);
  return STEP_NAMES.filter((name) => asked.includes(name));
}

/**
 * The commit this branch and its target have in common: what the target got since then is not this change's.
 *
 * @throws PlatformError `configuration` when there is no such commit
 */
export async function baseOf(asked: string | undefined, run: Runner, signal: AbortSignal): Promise<string> {
  for (const ref of asked === undefined ? ['origin/main', 'main'] : [asked]) {
    const { code, output } = await run({ name: 'base', command: ['git', 'merge-base', 'HEAD', ref] }, signal);
    const [commit] = /^[0-9a-f]{40,64}$/m.exec(output) ?? [];
    if (code === 0 && commit !== undefined) return commit;
  }
  const what = asked === undefined ? 'Neither origin/main nor main' : `No "${asked}"`;
  throw new PlatformError(
    'configuration',
    `${what} has a commit in common with this checkout. Name one with --base, fetch its history, or use --all.`,
  );
}

/** Adds what a comment needs where a plan failed, so that an old comment does not stand as if it were about this commit. */
async function completeReports(folder: string, { stacks }: CiRun): Promise<void> {
  await writeFile(join(folder, 'stacks.json'), `${JSON.stringify(stacks)}\n`);
  for (const stack of stacks) {
    const file = join(folder, `${stack}.md`);
    if (existsSync(file)) continue;
    const marker = commentMarker({ project: `plinth-${stack}`, stack: REPORTED_ENVIRONMENT });
    await writeFile(
      file,
      `${marker}\n### Plan of \`plinth-${stack}\` (${REPORTED_ENVIRONMENT})\n\n❌ It cannot be planned: the log of the run says why.\n`,
    );
  }
}

/** On standard error: what runs, how it ended, and what a failed step said. */
function progress(): Told {
  return {
    started: ({ name }) => void (process.stderr.isTTY ? process.stderr.write(`… ${name}\n`) : undefined),
    ended: ({ name, result, seconds, output, log }) => {
      process.stderr.write(`${result === 'passed' ? '✔' : '✖'} ${name} (${seconds.toFixed(1)} s)\n`);
      if (result === 'failed')
        process.stderr.write(`${output ?? ''}\n${log === undefined ? '' : `All of it: ${log}\n`}\n`);
    },
  };
}
