import type { ResourceValidationArgs } from '@pulumi/policy';
import { describe, expect, it } from 'vitest';
import { policiesOf } from './crossguard.ts';
import { keyRotation } from './rules/kms/key-rotation.ts';
import { requiredTags } from './rules/tags/required-tags.ts';
import { UNKNOWN, urnOf } from './testing/samples.ts';

function run(
  rule: typeof keyRotation,
  stack: string,
  props: object,
  environment?: string,
  provider?: object,
): unknown[] {
  const reports: unknown[] = [];
  const [policy] = policiesOf([rule], rule.pack, { environment });
  const type = 'aws:kms/key:Key';
  const args = {
    type,
    name: 'it',
    urn: urnOf(type, 'it', stack),
    props,
    provider,
  } as unknown as ResourceValidationArgs;
  if (policy !== undefined && 'validateResource' in policy && typeof policy.validateResource === 'function')
    void policy.validateResource(args, (message) => reports.push(message));
  return reports;
}

describe('a rule as a CrossGuard policy', () => {
  it('carries what the console shows: severity, remediation, source', () => {
    expect(policiesOf([keyRotation], 'baseline')).toMatchObject([
      { name: 'kms-key-rotation', severity: 'medium', enforcementLevel: 'mandatory', tags: ['requirement-1', 'KMS.5'] },
    ]);
    expect(policiesOf([keyRotation], 'genai')).toEqual([]);
  });

  it('is registered milder where the environment is chosen outright', () => {
    expect(policiesOf([keyRotation], 'baseline', { environment: 'dev' })[0]?.enforcementLevel).toBe('advisory');
  });

  it('leaves the level to the policy, and so to the pack configuration, where it is not milder', () => {
    expect(run(keyRotation, 'production', {})).toEqual(['The key is never rotated. Set enableKeyRotation to true.']);
    expect(run(keyRotation, 'dev', {}, 'dev')).toEqual([expect.any(String)]);
  });

  it('only advises in a stack called dev', () => {
    expect(run(keyRotation, 'team-dev', {})).toMatchObject([
      { enforcementLevel: 'advisory', message: expect.stringMatching(/never rotated/) },
    ]);
  });

  it('advises, whatever the level, while a value is not known', () => {
    expect(run(keyRotation, 'production', { enableKeyRotation: UNKNOWN })).toMatchObject([
      { enforcementLevel: 'advisory', message: expect.stringMatching(/^Not yet known: enableKeyRotation/) },
    ]);
  });

  it('says nothing of resources of another type', () => {
    const [policy] = policiesOf([keyRotation], 'baseline');
    const reports: unknown[] = [];
    const args = { type: 'aws:s3/bucket:Bucket', props: {}, urn: '' } as unknown as ResourceValidationArgs;
    if (policy !== undefined && 'validateResource' in policy && typeof policy.validateResource === 'function')
      void policy.validateResource(args, (message) => reports.push(message));
    expect(reports).toEqual([]);
  });

  it('counts the default tags of the provider, which arrive as JSON', () => {
    const tags = { owner: 'a', environment: 'production', 'cost-center': 'b', 'data-class': 'internal' };
    const provider = { props: { defaultTags: JSON.stringify({ tags }) } };
    expect(run(requiredTags, 'production', {}, undefined, provider)).toEqual([]);
    expect(run(requiredTags, 'production', {})).toHaveLength(1);
  });
});
