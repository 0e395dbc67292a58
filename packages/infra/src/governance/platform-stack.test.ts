import * as aws from '@pulumi/aws';
import { describe, expect, it } from 'vitest';
import { only, registered } from '../testing/index.ts';
import { PlatformStack } from './platform-stack.ts';

const BOUNDARY = 'arn:aws:iam::123456789012:policy/plinth-workload-boundary';
const stack = (config: Record<string, string>) =>
  registered(
    () => {
      const tags = { owner: 'team', environment: 'dev', 'cost-center': '42', 'data-class': 'internal' } as const;
      new aws.iam.Role('task', { assumeRolePolicy: '{}' }, { parent: new PlatformStack('chat', tags) });
    },
    { config },
  );

describe('PlatformStack', () => {
  it('bounds its roles where the account asks for it, and tags them all the same', async () => {
    const { inputs } = only(await stack({ 'plinth:workloadBoundary': BOUNDARY }), 'aws:iam/role:Role');
    expect(inputs).toMatchObject({ permissionsBoundary: BOUNDARY, path: '/plinth/', tags: { owner: 'team' } });
  });

  it('leaves roles alone where it does not', async () => {
    expect(only(await stack({}), 'aws:iam/role:Role').inputs).not.toHaveProperty('permissionsBoundary');
  });

  it('says what a boundary is, when it is given something else', async () => {
    await expect(stack({ 'plinth:workloadBoundary': 'workload' })).rejects.toThrow(/ARN of a managed policy/);
  });
});
