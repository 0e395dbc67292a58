import { registered } from '@plinth/infra/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { askCheckov, run, type Opinion } from './checkov.ts';
import { agreements, differences } from './judged.ts';
import { badPrograms } from './programs.ts';
import type { Planned } from './terraform-plan.ts';

const ENVIRONMENTS = ['dev', 'staging', 'production'];
/** Plans of all stacks, and Checkov itself the first time, milliseconds. */
const PREPARING = 1_200_000;
const Plan = z.object({
  project: z.string(),
  resources: z.array(
    z.object({ urn: z.string(), type: z.string(), name: z.string(), props: z.record(z.string(), z.unknown()) }),
  ),
  findings: z.array(z.object({ kind: z.string(), level: z.string(), rule: z.string() })),
});

const PROGRAMS = await badPrograms();
let opinions: Opinion[] = [];
let missing: string | undefined;
const violations: string[] = [];

beforeAll(async () => {
  const answer = await askCheckov(new Map([...(await programs()), ...(await stacks())]));
  if (Array.isArray(answer)) opinions = answer;
  else {
    missing = answer.missing;
    process.stderr.write(`Checkov is left out: ${missing}\n`);
  }
}, PREPARING);

/** Every bad program of tests/policies, and the same written right. */
async function programs(): Promise<Map<string, Planned[]>> {
  const plans = new Map<string, Planned[]>();
  for (const [index, program] of PROGRAMS.entries())
    for (const sound of [true, false]) {
      const { project = 'plinth-test', environment = 'production' } = program;
      const resources = await registered(() => void program.run(sound), { project, stack: environment });
      const planned = resources.map(({ type, name, inputs }) => ({ type, name, urn: name, props: inputs }));
      plans.set(`program-${index}-${sound ? 'sound' : 'wrong'}`, planned);
    }
  return plans;
}

/** Every stack in every environment. */
async function stacks(): Promise<Map<string, Planned[]>> {
  const plans = new Map<string, Planned[]>();
  for (const env of ENVIRONMENTS) {
    const command = ['packages/cli/src/main.ts', 'plan', 'all', '--env', env, '--json'];
    const { stdout, stderr } = await run(['--import', 'tsx', ...command]);
    if (stdout === '') throw new Error(stderr);
    for (const { project, resources, findings } of z.array(Plan).parse(JSON.parse(stdout))) {
      plans.set(`stack-${project}-${env}`, resources);
      const violated = findings.filter(({ kind, level }) => kind === 'violation' && level === 'mandatory');
      violations.push(...violated.map(({ rule }) => `${project} ${env}: ${rule}`));
    }
  }
  return plans;
}

const failedIn = (plan: string) =>
  opinions.filter((each) => each.plan === plan && !each.passed).map(({ check }) => check);

describe('Checkov and our packs', () => {
  it.for(agreements())('both catch what breaks $rule ($check)', ({ rule, check }, context) => {
    if (missing !== undefined) return context.skip();
    const caught = PROGRAMS.flatMap((program, index) => (program.catches.includes(rule) ? [`program-${index}`] : []));
    const both = caught.filter(
      (name) => failedIn(`${name}-wrong`).includes(check) && !failedIn(`${name}-sound`).includes(check),
    );
    expect(both.length).toBeGreaterThan(0);
  });

  it('have both looked at every stack, and most of what Checkov asks for holds', (context) => {
    if (missing !== undefined) return context.skip();
    const of = opinions.filter(({ plan }) => plan.startsWith('stack-'));
    expect(new Set(of.map(({ plan }) => plan.split('-').at(-1)))).toEqual(new Set(ENVIRONMENTS));
    expect(of.filter(({ passed }) => passed).length / of.length).toBeGreaterThan(0.85);
    // Checks that can only pass where the projection carries what they read.
    const passed = new Set(of.filter(({ passed }) => passed).map(({ check }) => check));
    expect([...passed]).toEqual(expect.arrayContaining(['CKV_AWS_7', 'CKV_AWS_28', 'CKV_AWS_145', 'CKV2_AWS_6']));
  });

  it('differ on our stacks only where README.md says why', (context) => {
    if (missing !== undefined) return context.skip();
    const found = new Map<string, string>();
    for (const { plan, check, resource, asks, passed } of opinions)
      if (plan.startsWith('stack-') && !passed)
        found.set(`${check} ${resource.split('.')[0]}`, `${asks} (${plan}, ${resource})`);
    const judged = new Set(differences().map(({ check, type }) => `${check} ${type}`));
    expect([...found].filter(([key]) => !judged.has(key)).map((pair) => pair.join(': '))).toEqual([]);
    expect(
      [...judged].filter((key) => !found.has(key)),
      'rows of README.md that are no longer so',
    ).toEqual([]);
    expect(violations).toEqual([]);
  });
});
