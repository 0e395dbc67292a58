import { describe, expect, it } from 'vitest';
import type { Plan, PlanFinding, PlannedResource } from '../plan.ts';
import { bill, planned } from '../testing/priced.ts';
import { compare } from './compare.ts';

const other = { against: 'main', commit: 'c'.repeat(40) };

function plan(resources: readonly PlannedResource[], findings: readonly PlanFinding[] = []): Plan {
  return {
    version: 2,
    project: 'test',
    stack: 'dev',
    environment: 'dev',
    region: 'us-east-1',
    resources: [...resources],
    outputs: {},
    findings: [...findings],
    summary: {
      components: 0,
      resources: resources.length,
      estimated: 0,
      unknownValues: 0,
      rules: 0,
      mandatory: 0,
      advisory: 0,
      notYetKnown: 0,
    },
    assumptions: [],
    cost: bill(resources),
  };
}

const key = planned('aws:kms/key:Key', 'data', { description: 'old', tags: { owner: 'a' } });
const finding = (message: string): PlanFinding => ({
  rule: 'kms-rotation',
  requirement: 1,
  pack: 'baseline',
  title: 'Keys are rotated',
  severity: 'medium',
  level: 'mandatory',
  kind: 'violation',
  resource: key.urn,
  message,
  remediation: '',
  controls: [],
  url: '',
});

describe('what is different', () => {
  it('names what comes, what goes and what changes where', () => {
    const secret = planned('aws:secretsmanager/secret:Secret', 'db');
    const changed = { ...key, props: { description: 'new', tags: { owner: 'b' } } };
    const changes = compare(plan([key, secret]), plan([changed, planned('aws:kms/key:Key', 'logs')]), other);
    expect(changes.added.map(({ name }) => name)).toEqual(['logs']);
    expect(changes.removed.map(({ name }) => name)).toEqual(['db']);
    expect(changes.changed).toEqual([
      { urn: key.urn, type: key.type, name: 'data', properties: ['description', 'tags.owner'] },
    ]);
    // One key and a secret before, two keys after.
    expect(changes.monthlyUsd.idle).toEqual({ before: 1.4, after: 2 });
  });

  it('is nothing between a plan and itself', () => {
    const same = compare(plan([key], [finding('x')]), plan([key], [finding('x')]), other);
    expect([same.added, same.removed, same.changed, same.findings.added, same.findings.resolved]).toEqual([
      [],
      [],
      [],
      [],
      [],
    ]);
  });

  it('takes an unknown value as one', () => {
    const with_ = (text: string) => plan([{ ...key, props: { policy: { $unknown: text } } }]);
    expect(compare(with_('«role:a.arn»'), with_('«role:b.arn»'), other).changed[0]?.properties).toEqual(['policy']);
  });

  it('tells findings that are new from those that are resolved', () => {
    const changes = compare(plan([key], [finding('gone')]), plan([key], [finding('come')]), other);
    expect(changes.findings.added.map(({ message }) => message)).toEqual(['come']);
    expect(changes.findings.resolved.map(({ message }) => message)).toEqual(['gone']);
  });

  it('is everything where there was no such stack', () => {
    const changes = compare(undefined, plan([key]), other);
    expect(changes).toMatchObject({ existed: false, monthlyUsd: { idle: { before: 0, after: 1 } } });
    expect(changes.added).toHaveLength(1);
  });
});
