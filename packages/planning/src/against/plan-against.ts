import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import type { Plan } from '../plan.ts';
import { planStack, type PlanOptions } from '../plan-stack.ts';
import { projectOf, workspaceRoot } from '../workspace.ts';
import { commitFolder } from './commit-folder.ts';
import { compare } from './compare.ts';

export interface AgainstOptions extends PlanOptions {
  /** A commit, as git names it: `main`, `HEAD~2`. */
  readonly against: string;
}

/**
 * Plans a stack, and the same stack at another commit, and says what is different. Program, components and configuration are
 * each commit's own; rules, prices and packages are this checkout's for both.
 *
 * @throws PlatformError as {@link planStack} does, and `configuration` when there is no such commit
 */
export async function planStackAgainst(options: AgainstOptions): Promise<Plan> {
  const root = workspaceRoot(resolve(options.stackDir));
  // The commit is looked up first: a wrong name is told before anything slow.
  const folder = await commitFolder(root, options.against, options.signal);
  try {
    const after = await planStack(options);
    const before = await planThere(folder.path, root, options);
    const changes = compare(before, after, { against: options.against, commit: folder.commit });
    return { ...after, changes };
  } finally {
    await folder.remove();
  }
}

/** `undefined` where the commit has no such stack, or none for this environment. */
async function planThere(path: string, root: string, options: AgainstOptions): Promise<Plan | undefined> {
  const stackDir = join(path, relative(root, resolve(options.stackDir)));
  if (!existsSync(stackDir)) return undefined;
  const { configDir } = await projectOf(stackDir);
  if (!existsSync(join(configDir, `Pulumi.${options.env}.yaml`))) return undefined;
  try {
    const plan = await planStack({ ...options, stackDir, made: undefined });
    return JSON.parse(JSON.stringify(plan).replaceAll(path, root)) as Plan;
  } catch (error) {
    const known = PlatformError.from(error);
    if (known.code === 'client_closed') throw known;
    throw new PlatformError(known.code, `The stack cannot be planned at ${options.against}: ${known.message}`, {
      cause: error,
    });
  }
}
