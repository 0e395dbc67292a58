import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import { exitCodeOf, planStack, renderTree } from '@plinth/planning';
import { Command } from 'commander';
import { WORKSPACE } from '../workspace.ts';

const STACKS = join(WORKSPACE, 'stacks');

export function planCommand(): Command {
  return new Command('plan')
    .description('show what a stack would create and what the policies say of it; needs no AWS account')
    .argument('<stack>', `one of: ${stackNames().join(', ')}`)
    .requiredOption('--env <environment>', 'dev, staging or production')
    .option('--json', 'print the plan as JSON')
    .action((stack: string, options: { env: string; json?: boolean }) =>
      plan(stack, options.env, options.json === true),
    );
}

async function plan(stack: string, env: string, json: boolean): Promise<void> {
  if (!stackNames().includes(stack))
    throw new PlatformError('configuration', `There is no stack "${stack}". Use one of: ${stackNames().join(', ')}.`);
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  const planned = await planStack({ stackDir: join(STACKS, stack), env, signal: interrupt.signal });
  process.stdout.write(
    json ? `${JSON.stringify(planned, null, 2)}\n` : renderTree(planned, { color: process.stdout.isTTY === true }),
  );
  process.exitCode = exitCodeOf(planned);
}

function stackNames(): string[] {
  return readdirSync(STACKS).filter((name) => existsSync(join(STACKS, name, 'index.ts')));
}
