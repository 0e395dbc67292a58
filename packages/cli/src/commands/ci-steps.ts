/** Programs of the checkout, as a person would type them after `npx`; `git` is the machine's. */
export type Program = 'nx' | 'prettier' | 'plinth' | 'node' | 'git';

export interface CiStep {
  readonly name: string;
  readonly command: readonly [Program, ...string[]];
}

/** What `--only` takes, in the order it runs. `reports` is one step for each affected stack. */
export const STEP_NAMES = [
  'lint',
  'typecheck',
  'test',
  'build',
  'plan',
  'boundaries',
  'formatting',
  'workflows',
  'policies',
  'reports',
] as const;
export type StepName = (typeof STEP_NAMES)[number];

/** The environment whose plan is reported: the strictest rules and the largest bill. */
export const REPORTED_ENVIRONMENT = 'production';

/** Projects run side by side: one core each, on the smallest machine that CI has. */
const PARALLEL = '--parallel=2';
const TARGETS: readonly StepName[] = ['lint', 'typecheck', 'test', 'build', 'plan'];

export interface Scope {
  /** Commit compared with; `undefined` for everything. */
  readonly base: string | undefined;
  readonly only: readonly StepName[];
  /** Where findings and plans go. */
  readonly reports: string;
}

/** Steps that do not depend on which stacks are affected. */
export function stepsOf({ base, only, reports }: Scope): CiStep[] {
  const nx = (target: string): CiStep['command'] =>
    base === undefined
      ? ['nx', 'run-many', '-t', target, PARALLEL]
      : ['nx', 'affected', '-t', target, `--base=${base}`, PARALLEL];
  const others: Partial<Record<StepName, CiStep['command']>> = {
    boundaries: ['node', 'tools/boundaries-check.mjs'],
    formatting: ['prettier', '--check', '.'],
    workflows: ['node', 'tools/ci/lint-workflows.mjs'],
    policies: ['plinth', 'policy', 'test', '--sarif', `${reports}/findings.sarif`],
  };
  return STEP_NAMES.filter((name) => only.includes(name)).flatMap((name) => {
    const command = TARGETS.includes(name) ? nx(name) : others[name];
    return command === undefined ? [] : [{ name, command }];
  });
}

/** Answers with a JSON list of Nx projects, one for each stack the change touches. */
export function affectedStacks(base: string | undefined): CiStep {
  const which = base === undefined ? [] : ['--affected', `--base=${base}`];
  return { name: 'affected stacks', command: ['nx', 'show', 'projects', ...which, '--with-target=plan', '--json'] };
}

/** Cost, findings and what changed of one stack, as a comment on a pull request. */
export function reportOf(stack: string, { base, reports }: Scope): CiStep {
  const against = base === undefined ? [] : ['--against', base];
  const to = ['--env', REPORTED_ENVIRONMENT, '--markdown', `${reports}/plans/${stack}.md`];
  return { name: `report ${stack}`, command: ['plinth', 'plan', stack, ...to, ...against] };
}
