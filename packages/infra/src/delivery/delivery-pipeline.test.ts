import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT, TOPIC_ARN } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards } from '../testing/index.ts';
import { DeliveryPipeline, type DeliveryEnvironment, type DeliveryPipelineArgs } from './delivery-pipeline.ts';

const environment = (name: string, approval: boolean): DeliveryEnvironment => ({
  name,
  approval,
  previewRoleArn: `arn:aws:iam::123456789012:role/plinth-delivery/${name}-preview`,
  deployRoleArn: `arn:aws:iam::123456789012:role/plinth-delivery/${name}-deploy`,
});
const ARGS: DeliveryPipelineArgs = {
  placement: PLACEMENT,
  keyArn: KEY_ARN,
  source: { connectionArn: 'arn:connection', repository: 'acme/platform', branch: 'main' },
  stacks: ['stacks/public-chat'],
  environments: [environment('dev', false), environment('production', true)],
  state: { url: 's3://acme-state', access: { kind: 's3', bucketArn: 'arn:aws:s3:::acme-state', keyArn: KEY_ARN } },
  image: `acme/pulumi@sha256:${'0'.repeat(64)}`,
  topicArn: TOPIC_ARN,
  logGroupName: '/plinth/test/builds',
};
const pipeline = (change: Partial<DeliveryPipelineArgs> = {}) =>
  registered(() => new DeliveryPipeline('delivery', { ...ARGS, ...change }));
interface Stage {
  name: string;
  actions: { name: string; runOrder: number; provider: string; configuration: Record<string, string> }[];
}
const stages = async () =>
  only(await pipeline(), 'aws:codepipeline/pipeline:Pipeline').inputs['stages'] as unknown as Stage[];

describe('DeliveryPipeline', () => {
  it('previews, asks where it must, and deploys, environment after environment', async () => {
    const steps = (await stages()).map(({ name, actions }) =>
      [name, ...actions.map((action) => action.name)].join(' '),
    );
    expect(steps).toEqual(['Source Commit', 'dev Preview Deploy', 'production Preview Approve Deploy']);
    for (const { actions } of (await stages()).slice(1)) {
      const order = actions.map(({ runOrder }) => runOrder);
      expect(order).toEqual([...new Set(order)].sort());
    }
  });

  it('previews with the role that reads and deploys with the role that may', async () => {
    const roles = (await stages())
      .slice(1)
      .flatMap(({ actions }) =>
        actions
          .filter(({ provider }) => provider === 'CodeBuild')
          .map(
            ({ configuration }) =>
              /role\/plinth-delivery\/([\w-]+)/.exec(configuration['EnvironmentVariables'] ?? '')?.[1],
          ),
      );
    expect(roles).toEqual(['dev-preview', 'dev-deploy', 'production-preview', 'production-deploy']);
  });

  it('holds every run to both policy packs, one at a time', async () => {
    const { inputs } = only(await pipeline(), 'aws:codebuild/project:Project');
    expect(inputs).toMatchObject({
      concurrentBuildLimit: 1,
      encryptionKey: KEY_ARN,
      environment: { privilegedMode: false },
    });
    const { buildspec } = inputs['source'] as { buildspec: string };
    const { phases } = JSON.parse(buildspec) as { phases: { build: { commands: string[] } } };
    expect(phases.build.commands.at(-1)).toMatch(
      /^pulumi "\$PLINTH_COMMAND" .*policies\/baseline.*policies\/genai.*assumeRoles\[0\]\.roleArn=\$PLINTH_ROLE_ARN"$/,
    );
  });

  it('keeps artifacts under the key, and gives its roles no account', async () => {
    const resources = await pipeline();
    expect(only(resources, 'aws:codepipeline/pipeline:Pipeline').inputs).toMatchObject({
      pipelineType: 'V2',
      artifactStores: [{ encryptionKey: { type: 'KMS', id: KEY_ARN } }],
    });
    const allowed = statementsOf(resources)
      .filter(({ resource, Effect }) => resource.startsWith('aws:iam/rolePolicy') && Effect === 'Allow')
      .flatMap(({ Action }) => Action.map((action) => action.split(':', 1).join()));
    expect([...new Set(allowed)].sort()).toEqual([
      'codebuild',
      'codeconnections',
      'codestar-connections',
      'kms',
      'logs',
      's3',
      'sns',
      'sts',
    ]);
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it.each([
    ['production without approval', { environments: [environment('production', false)] }, /change production unasked/],
    ['an image that can move', { image: 'acme/pulumi:latest' }, /pin the image by digest/],
    ['a folder that is a command', { stacks: ['x"; rm -rf /'] }, /no folder or environment a shell may be given/],
    ['nothing to deliver', { stacks: [] }, /delivers nothing/],
  ])('refuses %s', async (_, change, message) => {
    await expect(pipeline(change)).rejects.toThrow(message);
  });
});
