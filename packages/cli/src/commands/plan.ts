import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import {
  exitCodeOf,
  planStack,
  planStackAgainst,
  renderHtml,
  renderJson,
  renderMarkdown,
  renderSvg,
  renderTree,
  type Plan,
  type PlansMade,
} from '@plinth/planning';
import { Command } from 'commander';
import { STACKS, stackNames } from '../stacks.ts';

/** Stacks planned at once: a plan is mostly one core's work. */
const AT_ONCE = 2;
/** A program takes a few seconds; a busy machine may need many times that, milliseconds. */
const LONGEST = 120_000;

interface Options {
  readonly env: string;
  readonly against?: string;
  readonly json?: boolean;
  readonly html?: string;
  readonly markdown?: string;
  readonly svg?: string;
}

export function planCommand(): Command {
  return new Command('plan')
    .description(
      'show what a stack would create, what the policies say of it and what it would cost; needs no AWS account',
    )
    .argument('<stack>', `one of: ${stackNames().join(', ')}; or all`)
    .requiredOption('--env <environment>', 'dev, staging or production')
    .option('--against <commit>', 'also say what is different at another commit, such as main')
    .option('--json', 'print the plan as JSON, or a list of plans')
    .option('--html <file>', 'write a report of one page')
    .option('--markdown <file>', 'write a comment for a pull request')
    .option('--svg <file>', 'write the picture')
    .action(plan);
}

async function plan(asked: string, options: Options): Promise<void> {
  const stacks = asked === 'all' ? stackNames() : [asked];
  if (asked !== 'all' && !stackNames().includes(asked))
    throw new PlatformError(
      'configuration',
      `There is no stack "${asked}". Use one of: ${stackNames().join(', ')}; or all.`,
    );
  if (stacks.length > 1 && (options.html ?? options.svg) !== undefined)
    throw new PlatformError('configuration', 'A report and a picture are of one stack: name it in place of "all".');
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  const { plans, failed } = await planAll(stacks, options, interrupt.signal);
  await writeReports(plans, options);
  process.stdout.write(options.json === true ? asJson(plans, asked) : plans.map(asTree).join('\n'));
  process.exitCode = failed || plans.some((each) => exitCodeOf(each) === 1) ? 1 : 0;
}

/** In the order asked for; a stack several others refer to is planned once. */
async function planAll(
  stacks: readonly string[],
  options: Options,
  signal: AbortSignal,
): Promise<{ plans: Plan[]; failed: boolean }> {
  const made: PlansMade = new Map();
  const plans: Plan[] = [];
  const waiting = [...stacks.entries()];
  const failures: PlatformError[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, stack] = next;
      if (process.stderr.isTTY) process.stderr.write(`planning ${stack} (${options.env})\n`);
      const request = { stackDir: join(STACKS, stack), env: options.env, signal, made, timeoutMs: LONGEST };
      const planned =
        options.against === undefined ? planStack(request) : planStackAgainst({ ...request, against: options.against });
      // One stack that cannot be planned hides none of the others.
      await planned.then(
        (plan) => (plans[index] = plan),
        (error: unknown) => failures.push(PlatformError.from(error)),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, stacks.length) }, work));
  const [failure] = failures;
  if (failure !== undefined && (stacks.length === 1 || signal.aborted)) throw failure;
  for (const { message } of failures) process.stderr.write(`plinth: ${message}\n`);
  return { plans: plans.filter((plan) => plan !== undefined), failed: failures.length > 0 };
}

async function writeReports(plans: readonly Plan[], { html, markdown, svg }: Options): Promise<void> {
  const [first] = plans;
  const reports = [
    [html, () => (first === undefined ? '' : renderHtml(first))],
    [svg, () => (first === undefined ? '' : renderSvg(first))],
    [markdown, () => plans.map(renderMarkdown).join('\n')],
  ] as const;
  for (const [name, render] of reports) {
    if (name === undefined) continue;
    const file = resolve(name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, render());
    process.stderr.write(`wrote ${name}\n`);
  }
}

function asTree(planned: Plan): string {
  return renderTree(planned, { color: process.stdout.isTTY === true, width: process.stdout.columns || 120 });
}

function asJson(plans: readonly Plan[], asked: string): string {
  const [first] = plans;
  return asked !== 'all' && first !== undefined ? renderJson(first) : `${JSON.stringify(plans, null, 2)}\n`;
}
