import type { Plan, PlanFinding, PlannedResource, PlannedValue } from '../plan.ts';
import type { Changes } from './changes.ts';

/** Properties named of one changed resource. */
const MOST_PROPERTIES = 20;

/** What `after` has that `before` had not, and the reverse. `before` is `undefined` where there was no such stack. */
export function compare(
  before: Plan | undefined,
  after: Plan,
  other: { readonly against: string; readonly commit: string },
): Changes {
  const old = new Map((before?.resources ?? []).filter(isReal).map((resource) => [resource.urn, resource]));
  const now = new Map(after.resources.filter(isReal).map((resource) => [resource.urn, resource]));
  const told = (from: readonly PlanFinding[], not: readonly PlanFinding[]) => {
    const known = new Set(not.filter(isViolation).map(identity));
    return from
      .filter((finding) => isViolation(finding) && !known.has(identity(finding)))
      .map(({ rule, title, level, resource, message }) => ({ rule, title, level, resource, message }));
  };
  const usd = (which: keyof Changes['monthlyUsd']) => ({
    before: before?.cost.totalUsd[which] ?? 0,
    after: after.cost.totalUsd[which],
  });
  return {
    ...other,
    existed: before !== undefined,
    added: [...now.values()].filter(({ urn }) => !old.has(urn)).map(named),
    removed: [...old.values()].filter(({ urn }) => !now.has(urn)).map(named),
    changed: [...now.values()].flatMap((resource) => {
      const properties = differing(old.get(resource.urn)?.props, resource.props);
      return properties.length === 0 ? [] : [{ ...named(resource), properties: properties.slice(0, MOST_PROPERTIES) }];
    }),
    monthlyUsd: { idle: usd('idle'), load: usd('load'), worst: usd('worst') },
    findings: {
      added: told(after.findings, before?.findings ?? []),
      resolved: told(before?.findings ?? [], after.findings),
    },
  };
}

function isReal({ kind }: PlannedResource): boolean {
  return kind === 'resource' || kind === 'component';
}

function isViolation({ kind }: PlanFinding): boolean {
  return kind === 'violation';
}

function identity({ rule, resource, message }: PlanFinding): string {
  return JSON.stringify([rule, resource, message]);
}

function named({ urn, type, name }: PlannedResource) {
  return { urn, type, name };
}

/** Paths at which two values differ; lists are compared as a whole. Nothing where there was no resource to compare. */
function differing(before: PlannedValue | undefined, after: PlannedValue | undefined, path = ''): string[] {
  if (path === '' && before === undefined) return [];
  if (isRecord(before) && isRecord(after) && !isMark(before) && !isMark(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      differing(before[key], after[key], path === '' ? key : `${path}.${key}`),
    );
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [path];
}

function isRecord(value: PlannedValue | undefined): value is { readonly [key: string]: PlannedValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMark(value: object): boolean {
  return '$unknown' in value || '$secret' in value || '$asset' in value;
}
