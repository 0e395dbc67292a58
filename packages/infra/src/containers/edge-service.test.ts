import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards } from '../testing/index.ts';
import { AccessLogBucket } from './access-log-bucket.ts';
import { EdgeService } from './edge-service.ts';
import { grantPull } from './image-repository.ts';
import { InternalLoadBalancer } from './internal-load-balancer.ts';

const IMAGE = `123456789012.dkr.ecr.us-east-1.amazonaws.com/plinth/edge@sha256:${'e'.repeat(64)}`;
const network = { vpcId: 'vpc-1', subnetIds: ['subnet-site'] };

const gateway = (image = IMAGE) =>
  registered(() => {
    const accessLogs = new AccessLogBucket('logs', { placement: PLACEMENT });
    new EdgeService('plant', {
      placement: PLACEMENT,
      network,
      clusterName: 'models',
      image,
      pull: grantPull('arn:aws:ecr:us-east-1:123456789012:repository/plinth/edge'),
      environment: {
        PLINTH_CATALOG: '[]',
        PLINTH_SITE: 'plant',
        PLINTH_BUNDLES: 's3://bundles/sites/plant/',
        PLINTH_BUNDLE_KEY: 'pem',
        PLINTH_SYNC_QUEUE: 'https://queue',
      },
      statements: [{ Sid: 'Send', Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: ['arn:queue'] }],
      loadBalancer: new InternalLoadBalancer('plant', {
        network,
        hostName: 'edge.example.com',
        certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/c',
        accessLogs,
      }),
      logGroupName: '/plinth/dev/edge/plant',
      logKeyArn: KEY_ARN,
    });
  });

describe('EdgeService', () => {
  it('has one writer: the old container ends before the new one starts, on instances of the site', async () => {
    expect(only(await gateway(), 'aws:ecs/service:Service').inputs).toMatchObject({
      launchType: 'EC2',
      desiredCount: 1,
      deploymentMinimumHealthyPercent: 0,
      deploymentMaximumPercent: 100,
      enableExecuteCommand: false,
      networkConfiguration: { assignPublicIp: false, subnets: ['subnet-site'] },
    });
  });

  it('runs as nobody, on a read-only root, and writes to two volumes', async () => {
    const task = only(await gateway(), 'aws:ecs/taskDefinition:TaskDefinition').inputs;
    const [container] = JSON.parse(String(task['containerDefinitions'])) as Record<string, unknown>[];
    expect(container).toMatchObject({
      user: '65532:65532',
      privileged: false,
      readonlyRootFilesystem: true,
      linuxParameters: { capabilities: { drop: ['ALL'] } },
      mountPoints: [{ containerPath: '/state' }, { containerPath: '/tmp' }],
    });
    expect(container?.['environment']).toContainEqual({ name: 'PLINTH_STATE_DIR', value: '/state/records' });
  });

  it('may do what it is given, and its starter pull and log', async () => {
    const resources = await gateway();
    const of = (role: string) =>
      statementsOf(resources)
        .filter(({ resource }) => resource.endsWith(role))
        .map(({ Sid }) => Sid);
    expect(of('RolePolicy plant-task')).toEqual(['Send']);
    expect(of('RolePolicy plant-execution')).toEqual(['LogInToRegistry', 'PullImages', 'WriteLogs']);
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it('refuses an image by tag', async () => {
    await expect(gateway('plinth/edge:latest')).rejects.toThrow(/not pinned/);
  });
});
