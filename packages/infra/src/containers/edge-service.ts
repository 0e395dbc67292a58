import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust, type Statement } from '../iam/statement.ts';
import { LogGroup, type RetentionDays } from '../observability/log-group.ts';
import { HEALTH_PORT, SERVING_PORT, SERVING_USER } from './engine.ts';
import type { InternalLoadBalancer, PrivateSubnets } from './internal-load-balancer.ts';
import type { EdgeVariables } from './kubernetes/edge-gateway.ts';
import { EDGE_COMMAND, EDGE_PATHS } from './kubernetes/edge-manifests.ts';
import { pinnedImage } from './pinned-image.ts';
import { routed, securityGroup } from './service-network.ts';

export interface EdgeServiceArgs {
  placement: Placement;
  network: PrivateSubnets;
  /** Cluster whose EC2 instances stand on the site, for example that of an `InferenceService` there. */
  clusterName: pulumi.Input<string>;
  /** Image of `services/edge`, by digest. */
  image: pulumi.Input<string>;
  /** What lets the service pull it, for example `repository.grantPull()`. */
  pull: readonly Statement[];
  /** The gateway's variables, by its contract; ports and folders are set here. */
  environment: EdgeVariables;
  /** What the site may do in AWS. */
  statements: readonly Statement[];
  /** CPU units, 1024 a core. @default 1024 */
  cpu?: number;
  /** MiB. @default 1024 */
  memoryMb?: number;
  loadBalancer: InternalLoadBalancer;
  /** Physical name of the log group, for example `/plinth/dev/edge/plant-7`. */
  logGroupName: pulumi.Input<string>;
  /** Customer-managed key whose policy lets CloudWatch Logs use it. */
  logKeyArn: pulumi.Input<string>;
  /** @default 365 */
  logRetentionDays?: RetentionDays;
}

const CONTAINER = 'gateway';
/** Seconds running answers may take when the container stops. */
const DRAIN_SECONDS = 100;

/**
 * A site's gateway on ECS, on instances in a Local Zone or on an Outpost. One container: ledger and outbox are files with one writer, so a
 * new version starts when the old one has ended. They are kept on a volume of the instance, and outlive the container, not the instance.
 */
export class EdgeService extends pulumi.ComponentResource {
  /** `https://<host name>/v1`. */
  readonly url: pulumi.Output<string>;
  readonly serviceName: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: EdgeServiceArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const image = pinnedImage(args.image);
    super('plinth:containers:EdgeService', name, {}, opts);
    const parent = { parent: this };
    const logs = new LogGroup(
      name,
      { name: args.logGroupName, keyArn: args.logKeyArn, retentionDays: args.logRetentionDays },
      parent,
    );
    const roles = taskRoles(name, args, logs, parent);
    const task = new aws.ecs.TaskDefinition(
      name,
      {
        family: name,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['EC2'],
        executionRoleArn: roles.execution.arn,
        taskRoleArn: roles.task.arn,
        containerDefinitions: pulumi.jsonStringify([container(args, image, logs)]),
        volumes: [
          { name: 'state', dockerVolumeConfiguration: { scope: 'shared', autoprovision: true, driver: 'local' } },
          { name: 'scratch', dockerVolumeConfiguration: { scope: 'task', driver: 'local' } },
        ],
      },
      parent,
    );
    const group = securityGroup(name, args, parent);
    const { target, rule } = routed(name, args, DRAIN_SECONDS, parent);
    const service = new aws.ecs.Service(
      name,
      {
        cluster: args.clusterName,
        taskDefinition: task.arn,
        desiredCount: 1,
        launchType: 'EC2',
        networkConfiguration: { subnets: args.network.subnetIds, securityGroups: [group.id], assignPublicIp: false },
        loadBalancers: [{ targetGroupArn: target.arn, containerName: CONTAINER, containerPort: SERVING_PORT }],
        // The first start verifies a bundle over the site's link.
        healthCheckGracePeriodSeconds: 1800,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        deploymentMinimumHealthyPercent: 0,
        deploymentMaximumPercent: 100,
        enableExecuteCommand: false,
        enableEcsManagedTags: true,
        propagateTags: 'SERVICE',
      },
      { parent: this, dependsOn: [rule, ...roles.policies] },
    );
    this.url = pulumi.interpolate`${args.loadBalancer.url}/v1`;
    this.serviceName = service.name;
    this.securityGroupId = group.id;
    this.registerOutputs({ url: this.url, serviceName: this.serviceName });
  }
}

type Parent = { readonly parent: pulumi.Resource };

function taskRoles(name: string, args: EdgeServiceArgs, logs: LogGroup, parent: Parent) {
  const trust = serviceTrust('ecs-tasks.amazonaws.com', args.placement.account);
  const role = (suffix: string, description: string) =>
    new aws.iam.Role(`${name}-${suffix}`, { description, assumeRolePolicy: trust }, parent);
  const allow = (suffix: string, to: aws.iam.Role, statements: readonly Statement[]) =>
    new aws.iam.RolePolicy(`${name}-${suffix}`, { role: to.name, policy: policyDocument(statements) }, parent);
  const execution = role('execution', `Starts the gateway ${name}.`);
  const task = role('task', `What the gateway ${name} may do.`);
  return {
    execution,
    task,
    policies: [allow('execution', execution, [...args.pull, logs.grantWrite()]), allow('task', task, args.statements)],
  };
}

function container(args: EdgeServiceArgs, image: pulumi.Input<string>, logs: LogGroup) {
  const environment = {
    ...args.environment,
    ...EDGE_PATHS,
    PLINTH_HOST: '0.0.0.0',
    PLINTH_PORT: String(SERVING_PORT),
    PLINTH_HEALTH_PORT: String(HEALTH_PORT),
  };
  return {
    name: CONTAINER,
    image,
    command: ['gateway'],
    essential: true,
    user: `${SERVING_USER}:${SERVING_USER}`,
    privileged: false,
    readonlyRootFilesystem: true,
    cpu: args.cpu ?? 1024,
    memory: args.memoryMb ?? 1024,
    dockerSecurityOptions: ['no-new-privileges'],
    linuxParameters: { initProcessEnabled: true, capabilities: { drop: ['ALL'] } },
    portMappings: [SERVING_PORT, HEALTH_PORT].map((containerPort) => ({ containerPort, protocol: 'tcp' })),
    environment: Object.entries(environment)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ({ name, value })),
    mountPoints: [
      { sourceVolume: 'state', containerPath: '/state', readOnly: false },
      { sourceVolume: 'scratch', containerPath: '/tmp', readOnly: false },
    ],
    healthCheck: {
      command: ['CMD', EDGE_COMMAND, 'health', `http://127.0.0.1:${HEALTH_PORT}/live`],
      interval: 15,
      timeout: 5,
      retries: 3,
      startPeriod: 60,
    },
    stopTimeout: DRAIN_SECONDS + 10,
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': logs.logGroupName,
        'awslogs-region': args.placement.region,
        'awslogs-stream-prefix': CONTAINER,
        // A link that is down must never hold up answers.
        mode: 'non-blocking',
        'max-buffer-size': '4m',
      },
    },
  };
}
