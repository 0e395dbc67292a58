import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust, type Statement } from '../iam/statement.ts';
import { LogGroup, type RetentionDays } from '../observability/log-group.ts';
import { checkCapacity, type Capacity } from './capacity.ts';
import { API_KEY_VARIABLE, SERVING_PORT, servingEnvironment, type Engine, type ModelWeights } from './engine.ts';
import { GpuCapacity } from './gpu-instances.ts';
import type { InternalLoadBalancer, PrivateSubnets } from './internal-load-balancer.ts';
import { pinnedImage } from './pinned-image.ts';
import { routed, securityGroup, type ServiceRoute } from './service-network.ts';
import { checkScaling, ServiceScaling, type ScalingSettings } from './service-scaling.ts';
import { CONTAINER_NAME, inferenceTask } from './task-definition.ts';

/** A secret in Secrets Manager, and the customer-managed key it is encrypted under. */
export interface SecretReference {
  readonly arn: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
}

export interface InferenceServiceArgs {
  placement: Placement;
  network: PrivateSubnets;
  /** Image of `services/vllm`, by digest. */
  image: pulumi.Input<string>;
  /** What lets the service pull it, for example `repository.grantPull()`. */
  pull: readonly Statement[];
  engine: Engine;
  model: ModelWeights;
  /** What lets a container read the weights, for example from {@link grantReadModel}. @default none, for weights inside the image */
  modelStatements?: readonly Statement[];
  capacity: Capacity;
  scaling: ScalingSettings;
  loadBalancer: InternalLoadBalancer;
  /** Which requests of the load balancer are this service's. @default every path below /v1, at priority 100 */
  route?: ServiceRoute;
  /** Key that callers must show as a bearer token. @default the network alone keeps others out */
  apiKey?: SecretReference;
  /** Customer-managed key volumes are encrypted under. */
  keyArn: pulumi.Input<string>;
  /** Physical name of the log group, for example `/plinth/dev/vllm`. */
  logGroupName: pulumi.Input<string>;
  /** Customer-managed key whose policy lets CloudWatch Logs use it. */
  logKeyArn: pulumi.Input<string>;
  /** @default 365 */
  logRetentionDays?: RetentionDays;
  /** Seconds running answers may take when a container stops, at most 110. @default 110 */
  drainSeconds?: number;
  /** Seconds weights may take to load before a container counts as failed. @default 1200 */
  loadSeconds?: number;
}

/** Seconds a container has, beyond its answers, to end itself. */
const TO_END = 10;
/** Fargate's limit on the time from SIGTERM to SIGKILL, in seconds. */
const MOST_STOP_SECONDS = 120;

/**
 * A model server on ECS: OpenAI-compatible behind the load balancer's TLS, scaled by its own queue and tokens, rolled back when a new
 * version does not come up, and drained before it stops. From the load balancer to the container the way is plain HTTP, which the
 * security groups keep to these two.
 */
export class InferenceService extends pulumi.ComponentResource {
  /** `https://<host name>/v1`. */
  readonly url: pulumi.Output<string>;
  readonly serviceName: pulumi.Output<string>;
  readonly clusterName: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;
  /** As CloudWatch's `TargetGroup` dimension has it. */
  readonly targetGroupArnSuffix: pulumi.Output<string>;
  /** Value of the `Service` dimension in {@link INFERENCE_NAMESPACE}. */
  readonly metricService: string;
  readonly #apiKey: SecretReference | undefined;

  constructor(name: string, args: InferenceServiceArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const { drainSeconds, image, environment } = checked(args);
    super('plinth:containers:InferenceService', name, {}, opts);
    this.#apiKey = args.apiKey;
    this.metricService = `${pulumi.getProject()}-${pulumi.getStack()}-${name}`;
    const parent = { parent: this };

    const logs = new LogGroup(
      name,
      { name: args.logGroupName, keyArn: args.logKeyArn, retentionDays: args.logRetentionDays },
      parent,
    );
    const roles = taskRoles(name, args, logs, this.grantInvoke(), parent);
    const task = inferenceTask(
      name,
      {
        region: args.placement.region,
        capacity: args.capacity,
        image,
        environment: { ...environment, METRICS_SERVICE: this.metricService },
        secrets: args.apiKey === undefined ? {} : { [API_KEY_VARIABLE[args.engine.kind]]: args.apiKey.arn },
        logGroupName: logs.logGroupName,
        executionRoleArn: roles.execution.arn,
        taskRoleArn: roles.task.arn,
        stopTimeoutSeconds: drainSeconds + TO_END,
      },
      parent,
    );

    const group = securityGroup(name, args, parent);
    const { target, rule } = routed(name, args, drainSeconds, parent);
    const cluster = new aws.ecs.Cluster(
      name,
      { name: this.metricService, settings: [{ name: 'containerInsights', value: 'enhanced' }] },
      parent,
    );
    const providers = capacityProviders(name, args, this.metricService, group, parent);
    const attached = new aws.ecs.ClusterCapacityProviders(
      name,
      { clusterName: cluster.name, capacityProviders: providers.map(({ capacityProvider }) => capacityProvider) },
      parent,
    );
    const service = new aws.ecs.Service(
      name,
      {
        cluster: cluster.arn,
        taskDefinition: task.arn,
        desiredCount: args.scaling.min,
        capacityProviderStrategies: providers,
        networkConfiguration: {
          subnets: args.network.subnetIds,
          securityGroups: [group.id],
          assignPublicIp: false,
        },
        loadBalancers: [{ targetGroupArn: target.arn, containerName: CONTAINER_NAME, containerPort: SERVING_PORT }],
        healthCheckGracePeriodSeconds: args.loadSeconds ?? 1200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        deploymentMinimumHealthyPercent: 100,
        deploymentMaximumPercent: 200,
        enableExecuteCommand: false,
        enableEcsManagedTags: true,
        propagateTags: 'SERVICE',
      },
      // Scaling sets the count; the roles' policies must be there before the first pull.
      { parent: this, dependsOn: [attached, rule, ...roles.policies], ignoreChanges: ['desiredCount'] },
    );
    new ServiceScaling(
      name,
      {
        clusterName: cluster.name,
        serviceName: service.name,
        metricService: this.metricService,
        settings: args.scaling,
      },
      parent,
    );

    this.url = pulumi.interpolate`${args.loadBalancer.url}/v1`;
    this.serviceName = service.name;
    this.clusterName = cluster.name;
    this.securityGroupId = group.id;
    this.targetGroupArnSuffix = target.arnSuffix;
    this.registerOutputs({ url: this.url, serviceName: this.serviceName, securityGroupId: this.securityGroupId });
  }

  /**
   * Lets a role read the key it must show the service. Whether its packets arrive is the load balancer's list of callers.
   * Nothing, when the service has no key.
   */
  grantInvoke(): Statement[] {
    if (this.#apiKey === undefined) return [];
    return [
      {
        Sid: 'ReadModelKey',
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue'],
        Resource: [this.#apiKey.arn],
      },
      { Sid: 'DecryptModelKey', Effect: 'Allow', Action: ['kms:Decrypt'], Resource: [this.#apiKey.keyArn] },
    ];
  }
}

/** What can be told from the arguments alone, before anything is registered. @throws {StackError} for arguments that contradict. */
function checked(args: InferenceServiceArgs) {
  const drainSeconds = args.drainSeconds ?? MOST_STOP_SECONDS - TO_END;
  if (drainSeconds < 1 || drainSeconds + TO_END > MOST_STOP_SECONDS)
    throw new StackError(
      `Set drainSeconds to 1 to ${MOST_STOP_SECONDS - TO_END}: ECS kills after ${MOST_STOP_SECONDS}.`,
    );
  checkCapacity(args.capacity, args.scaling.max);
  checkScaling(args.scaling);
  const environment = servingEnvironment({
    engine: args.engine,
    model: args.model,
    gpus: args.capacity.kind === 'ec2-gpu' ? args.capacity.gpus : undefined,
    drainSeconds,
  });
  return { drainSeconds, environment, image: pinnedImage(args.image) };
}

type Parent = { readonly parent: pulumi.Resource };

function taskRoles(
  name: string,
  args: InferenceServiceArgs,
  logs: LogGroup,
  keyStatements: readonly Statement[],
  parent: Parent,
) {
  const trust = serviceTrust('ecs-tasks.amazonaws.com', args.placement.account);
  const role = (suffix: string, description: string) =>
    new aws.iam.Role(`${name}-${suffix}`, { description, assumeRolePolicy: trust }, parent);
  const allow = (suffix: string, to: aws.iam.Role, statements: readonly Statement[]) =>
    new aws.iam.RolePolicy(`${name}-${suffix}`, { role: to.name, policy: policyDocument(statements) }, parent);
  const execution = role('execution', `Starts containers of ${name}.`);
  const task = role('task', `What containers of ${name} may do.`);
  const reads = args.modelStatements ?? [];
  return {
    execution,
    task,
    policies: [
      allow('execution', execution, [...args.pull, logs.grantWrite(), ...keyStatements]),
      ...(reads.length > 0 ? [allow('task', task, reads)] : []),
    ],
  };
}

function capacityProviders(
  name: string,
  args: InferenceServiceArgs,
  clusterName: string,
  group: aws.ec2.SecurityGroup,
  parent: Parent,
): { capacityProvider: pulumi.Input<string>; base?: number; weight: number }[] {
  const { capacity } = args;
  if (capacity.kind === 'fargate')
    return capacity.spot
      ? [
          { capacityProvider: 'FARGATE', base: 1, weight: 0 },
          { capacityProvider: 'FARGATE_SPOT', weight: 1 },
        ]
      : [{ capacityProvider: 'FARGATE', weight: 1 }];
  const instances = new GpuCapacity(
    name,
    {
      placement: args.placement,
      clusterName,
      network: args.network,
      instances: capacity,
      keyArn: args.keyArn,
      securityGroupId: group.id,
    },
    parent,
  );
  return [{ capacityProvider: instances.capacityProviderName, weight: 1 }];
}
