import type { PlatformError } from '@plinth/contracts';
import { PlatformError as Failure } from '@plinth/contracts';
import { estimateCost } from './cost/estimate-cost.ts';
import type { Plan } from './plan.ts';
import { runInProcess, type Planned } from './program-process.ts';
import type { PlanRequest, StackOutputs } from './protocol.ts';
import { projectNamed, projectOf, stackConfig, type Project } from './workspace.ts';

export interface PlanOptions {
  /** Folder of the stack, `stacks/public-chat`. */
  readonly stackDir: string;
  /** Name of the stack and of its configuration file: `dev`, `staging` or `production`. */
  readonly env: string;
  readonly signal?: AbortSignal;
  /** Longest one program may take, milliseconds. @default 30000 */
  readonly timeoutMs?: number;
  /** Plans made so far: stacks that refer to the same one share its plan. @default of this call alone */
  readonly made?: PlansMade;
}

/** Plans by project and stack. */
export type PlansMade = Map<string, Promise<Planned>>;

/**
 * Runs a stack program offline, with no credentials and no Pulumi engine: what it would create, and what the policy packs say.
 *
 * @throws PlatformError `configuration` with what to set, `internal` when the program fails, `request_timeout`, `client_closed`
 */
export async function planStack(options: PlanOptions): Promise<Plan> {
  const project = await projectOf(options.stackDir);
  const settings = await stackConfig(project, options.env);
  const { plan } = await planProject(project, options, []);
  return { ...plan, cost: estimateCost(plan, settings.config) };
}

async function planProject(project: Project, options: PlanOptions, referrers: readonly string[]): Promise<Planned> {
  // Further down a plan may lack what stacks that refer to each other cannot know: it is not kept.
  const key = referrers.length > 1 ? undefined : `${project.file} ${options.env}`;
  const made = key === undefined ? undefined : options.made?.get(key);
  if (made !== undefined) return made;
  const planned = runProject(project, options, referrers);
  if (key !== undefined) options.made?.set(key, planned);
  return planned;
}

async function runProject(project: Project, options: PlanOptions, referrers: readonly string[]): Promise<Planned> {
  const { config, secretKeys } = await stackConfig(project, options.env);
  const request: PlanRequest = {
    kind: 'plan',
    project: project.name,
    stack: options.env,
    main: project.main,
    config,
    secretKeys,
    unknowns: 'traced',
  };
  const outputs = (name: string) => outputsOf(name, project, options, [...referrers, project.name]);
  const limits = { signal: options.signal, timeoutMs: options.timeoutMs ?? 30_000 };
  try {
    return await runInProcess(request, outputs, limits);
  } catch (error) {
    const first = Failure.from(error);
    if (first.code === 'request_timeout' || first.code === 'client_closed') throw first;
    return withOpaqueUnknowns(first);
  }

  /** A program may refuse a stand-in that a preview would never have shown it. What it says then is not its own fault. */
  async function withOpaqueUnknowns(first: PlatformError): Promise<Planned> {
    const planned = await runInProcess({ ...request, unknowns: 'opaque' }, outputs, limits);
    const assumption = `Unknown values could not be followed (${first.message.split('\n')[0] ?? ''}), so more findings than usual are not yet known.`;
    return { ...planned, plan: { ...planned.plan, assumptions: [...planned.plan.assumptions, assumption] } };
  }
}

/** Outputs of the stack `organization/project/stack` that a program refers to, by planning that stack as well. */
async function outputsOf(
  name: string,
  from: Project,
  options: PlanOptions,
  referrers: readonly string[],
): Promise<StackOutputs> {
  const [stack = options.env, projectName = ''] = name.split('/').reverse();
  const unknown = (reason: string): StackOutputs => ({ kind: 'stack-outputs', name, outputs: undefined, reason });
  if (referrers.includes(projectName)) return unknown('the stacks refer to each other');
  const project = await projectNamed(projectName, from);
  if (project === undefined) return unknown(`no project called ${projectName} is in this workspace`);
  const { exports } = await planProject(project, { ...options, env: stack }, referrers);
  return { kind: 'stack-outputs', name, outputs: exports };
}
