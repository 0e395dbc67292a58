import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import { planStack, type Plan, type PlansMade } from '@plinth/planning';
import { ENVIRONMENTS, isEnvironment, RULES, toSarif } from '@plinth/policies';
import { WORKSPACE } from '../workspace.ts';
import { renderVerdict, summaryOf } from './policy-verdict.ts';
import { STACKS, stackNames } from '../stacks.ts';

export interface TestOptions {
  readonly stack: readonly string[];
  readonly env: readonly string[];
  readonly json?: boolean;
  readonly sarif?: string;
}

/**
 * Plans each stack in each environment and reports what the packs say. Ends with exit code 1 when a mandatory rule is broken.
 *
 * @throws PlatformError `configuration` on a stack or environment there is not
 */
export async function testPolicies(options: TestOptions): Promise<void> {
  const stacks = chosen(options.stack, stackNames(), 'stack');
  const environments = chosen(options.env, ENVIRONMENTS, 'environment').filter(isEnvironment);
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  const judged: { stack: string; plan: Plan }[] = [];
  const made: PlansMade = new Map();
  // One after the other: each plan is a process that fills a core.
  for (const stack of stacks)
    for (const env of environments) {
      const plan = await planStack({ stackDir: join(STACKS, stack), env, signal: interrupt.signal, made });
      judged.push({ stack, plan });
      if (options.json !== true) process.stdout.write(renderVerdict(stack, plan));
    }
  if (options.json === true)
    process.stdout.write(
      `${JSON.stringify(
        judged.map(({ stack, plan }) => jsonOf(stack, plan)),
        null,
        2,
      )}\n`,
    );
  else process.stdout.write(summaryOf(judged.map(({ plan }) => plan)));
  if (options.sarif !== undefined) await writeSarif(options.sarif, judged);
  process.exitCode = judged.some(({ plan }) => plan.summary.mandatory > 0) ? 1 : 0;
}

function chosen(asked: readonly string[], known: readonly string[], what: string): readonly string[] {
  for (const name of asked)
    if (!known.includes(name))
      throw new PlatformError('configuration', `There is no ${what} "${name}". Use one of: ${known.join(', ')}.`);
  return asked.length > 0 ? asked : known;
}

function jsonOf(stack: string, { environment, summary, findings }: Plan) {
  return { stack, environment, summary, findings };
}

async function writeSarif(file: string, judged: readonly { stack: string; plan: Plan }[]): Promise<void> {
  const log = toSarif(
    RULES,
    judged.map(({ stack, plan }) => ({
      stack,
      environment: plan.environment,
      file: `stacks/${stack}/index.ts`,
      findings: plan.findings,
    })),
  );
  try {
    await writeFile(file, `${JSON.stringify(log, null, 2)}\n`);
  } catch (error) {
    throw new PlatformError(
      'configuration',
      `${file} cannot be written: choose a folder of ${WORKSPACE} that exists.`,
      {
        cause: error,
      },
    );
  }
}
