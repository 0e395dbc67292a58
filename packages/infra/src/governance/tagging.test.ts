import * as aws from '@pulumi/aws';
import { describe, expect, it } from 'vitest';
import { only, registered } from '../testing/index.ts';
import { PlatformStack } from './platform-stack.ts';
import type { PlatformTags } from './platform-tags.ts';

const TAGS: PlatformTags = { owner: 'team', environment: 'dev', 'cost-center': '42', 'data-class': 'internal' };

describe('tagging', () => {
  it('tags what is below the stack, with the stack it belongs to', async () => {
    const resources = await registered(() => {
      const parent = new PlatformStack('chat', TAGS);
      new aws.sqs.Queue('queue', {}, { parent });
    });
    expect(only(resources, 'aws:sqs/queue:Queue').inputs['tags']).toEqual({ ...TAGS, 'plinth-stack': 'chat' });
  });

  it("keeps a resource's own tags, but never lets them replace the platform's", async () => {
    const resources = await registered(() => {
      const parent = new PlatformStack('chat', TAGS);
      new aws.sqs.Queue('queue', { tags: { purpose: 'jobs', owner: 'nobody' } }, { parent });
    });
    expect(only(resources, 'aws:sqs/queue:Queue').inputs['tags']).toMatchObject({ purpose: 'jobs', owner: 'team' });
  });

  it('tags the instances that a scaling group starts', async () => {
    const resources = await registered(() => {
      const parent = new PlatformStack('chat', TAGS);
      const tags = ['Name', 'owner'].map((key) => ({ key, value: 'mine', propagateAtLaunch: true }));
      new aws.autoscaling.Group('group', { minSize: 0, maxSize: 1, tags }, { parent });
    });
    expect(only(resources, 'aws:autoscaling/group:Group').inputs['tags']).toEqual(
      Object.entries({ Name: 'mine', ...TAGS, 'plinth-stack': 'chat' }).map(([key, value]) => ({
        key,
        value,
        propagateAtLaunch: true,
      })),
    );
  });

  it('leaves resources alone that take no tags', async () => {
    const resources = await registered(() => {
      const parent = new PlatformStack('chat', TAGS);
      new aws.kms.Alias('alias', { targetKeyId: 'key' }, { parent });
    });
    expect(only(resources, 'aws:kms/alias:Alias').inputs).not.toHaveProperty('tags');
  });
});
