import { unknownCheckingProxy, type ResourceValidationArgs, type StackValidationArgs } from '@pulumi/policy';
import { describe, expect, it } from 'vitest';
import { policiesOf } from '../crossguard.ts';
import { evaluate, type Finding, type PlannedResource } from '../evaluate.ts';
import type { Environment } from '../environment.ts';
import type { Rule } from '../rule.ts';

/** Properties of one resource of the rule's first type, or whole resources. */
export type Given = object | readonly PlannedResource[];
type Passing = Readonly<Record<string, Given>>;
type Failing = Readonly<Record<string, { given: Given; says: RegExp; environment?: Environment }>>;

export interface RuleCases {
  readonly passes: Passing;
  readonly fails: Failing;
  /** The value is left out. Most rules fail then; a rule for which absence is right lists it here under `passes`. */
  readonly missing: { readonly fails?: Failing; readonly passes?: Passing };
  /** The value is unknown at preview: exactly an advisory finding, no violation, no silence. */
  readonly unknown: Passing;
}

/** Holds one rule to its cases, twice: as a plan evaluates it, and as CrossGuard runs it, behind the proxy that throws on unknowns. */
export function describeRule(rule: Rule, cases: RuleCases): void {
  describe(rule.id, () => {
    for (const [name, given] of Object.entries({ ...cases.passes, ...cases.missing.passes }))
      it(`passes: ${name}`, async () => {
        expect(await judgeBoth(rule, given)).toEqual([]);
      });
    for (const [name, { given, says, environment }] of Object.entries({ ...cases.fails, ...cases.missing.fails }))
      it(`fails: ${name}`, async () => {
        const findings = await judgeBoth(rule, given, environment);
        expect(findings.length).toBeGreaterThan(0);
        expect(findings.map(({ message }) => message).join('\n')).toMatch(says);
        expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(['violation']));
        expect(findings[0]?.level).toBe(rule.levels[environment ?? 'production']);
      });
    for (const [name, given] of Object.entries(cases.unknown))
      it(`says "not yet known": ${name}`, async () => {
        const findings = await judgeBoth(rule, given);
        expect(findings.length).toBeGreaterThan(0);
        for (const { kind, level, message } of findings) {
          expect({ kind, level }, message).toEqual({ kind: 'not-yet-known', level: 'advisory' });
          expect(message).toMatch(/^Not yet known: \S/);
        }
      });
  });
}

async function judgeBoth(rule: Rule, given: Given, environment: Environment = 'production'): Promise<Finding[]> {
  const resources = resourcesOf(rule, given);
  const planned = evaluate([rule], resources, { environment });
  const previewed = await previewOf(rule, resources, environment);
  expect(previewed.map(({ advisory }) => advisory)).toEqual(
    planned.map(({ level }) => level === 'advisory' && rule.levels[environment] !== 'advisory'),
  );
  return planned;
}

function resourcesOf(rule: Rule, given: Given): readonly PlannedResource[] {
  if (Array.isArray(given)) return given as readonly PlannedResource[];
  const type = rule.kind === 'resource' ? rule.types[0] : undefined;
  if (type === undefined) throw new TypeError(`${rule.id} judges stacks: give its cases whole resources.`);
  return [{ type, name: 'it', urn: `urn:pulumi:production::plinth-test::${type}::it`, props: given }];
}

/** What the rule reports through CrossGuard; `advisory` marks findings made milder than the policy. */
async function previewOf(rule: Rule, resources: readonly PlannedResource[], environment: Environment) {
  const reports: { advisory: boolean }[] = [];
  const report = (message: unknown) => reports.push({ advisory: typeof message === 'object' });
  const [policy] = policiesOf([rule], rule.pack, { environment });
  const behindProxy = resources.map((resource) => ({
    ...resource,
    props: unknownCheckingProxy(resource.props),
    propertyDependencies: Object.fromEntries(
      Object.entries(resource.dependencies ?? {}).map(([key, urns]) => [key, urns.map((urn) => ({ urn }))]),
    ),
  }));
  if (policy !== undefined && 'validateStack' in policy)
    await policy.validateStack({ resources: behindProxy } as unknown as StackValidationArgs, report);
  else if (policy !== undefined && typeof policy.validateResource === 'function')
    for (const resource of behindProxy)
      await policy.validateResource(resource as unknown as ResourceValidationArgs, report);
  return reports;
}
