import type { Ran, Runner } from './ci-runner.ts';
import { affectedStacks, reportOf, stepsOf, type CiStep, type Scope } from './ci-steps.ts';

export interface StepResult {
  readonly name: string;
  /** As a person would type it. */
  readonly command: string;
  readonly result: 'passed' | 'failed' | 'not run';
  readonly seconds: number;
  /** The end of what a failed step said. */
  readonly output?: string;
  readonly log?: string;
}

export interface CiRun {
  readonly steps: readonly StepResult[];
  /** Stacks the change touches; empty when reports were not asked for. */
  readonly stacks: readonly string[];
  readonly passed: boolean;
}

export interface Told {
  readonly started: (step: CiStep) => void;
  readonly ended: (result: StepResult) => void;
}

/**
 * Runs every step, also after one has failed, so that all problems are shown at once. An abort ends the step under way; the rest
 * is reported as not run.
 *
 * @param now milliseconds of a clock that does not go back
 */
export async function runCi(
  scope: Scope,
  run: Runner,
  { told, signal, now }: { told: Told; signal: AbortSignal; now: () => number },
): Promise<CiRun> {
  const results: StepResult[] = [];
  const attempt = async (step: CiStep): Promise<Ran | undefined> => {
    const command = step.command[0] === 'node' || step.command[0] === 'git' ? step.command : ['npx', ...step.command];
    const about = { name: step.name, command: command.join(' ') };
    if (signal.aborted) {
      results.push({ ...about, result: 'not run', seconds: 0 });
      return undefined;
    }
    told.started(step);
    const startedAt = now();
    const ran = await run(step, signal).catch((error: unknown) => ({
      code: 1,
      output: error instanceof Error ? error.message : String(error),
      log: undefined,
    }));
    const seconds = (now() - startedAt) / 1_000;
    const failed = { result: 'failed', seconds, output: ran.output, log: ran.log } as const;
    const result: StepResult = { ...about, ...(ran.code === 0 ? { result: 'passed', seconds } : failed) };
    results.push(result);
    told.ended(result);
    return ran;
  };

  for (const step of stepsOf(scope)) await attempt(step);
  let stacks: string[] = [];
  if (scope.only.includes('reports')) {
    const found = await attempt(affectedStacks(scope.base));
    if (found?.code === 0) stacks = stacksIn(found.output);
    for (const stack of stacks) await attempt(reportOf(stack, scope));
  }
  return { steps: results, stacks, passed: results.every(({ result }) => result === 'passed') };
}

/** Stacks named in what Nx answers: a JSON list, on a line that warnings may stand before. */
function stacksIn(output: string): string[] {
  const line = output.split('\n').findLast((each) => each.startsWith('['));
  const names: unknown = JSON.parse(line ?? '[]');
  if (!Array.isArray(names)) return [];
  return names.flatMap((name) => /^@plinth\/stack-([a-z0-9-]+)$/.exec(String(name))?.[1] ?? []).sort();
}
