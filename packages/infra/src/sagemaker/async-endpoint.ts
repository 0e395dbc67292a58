import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import { grantKeyThrough } from '../governance/key.ts';
import { grantReadUnder, grantWriteUnder, s3Uri, type ObjectPrefix } from '../iam/object-prefix.ts';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';
import { endpointAlarms, type EndpointAlarmsArgs } from './endpoint-alarms.ts';
import { serviceLogs, type EndpointLogsArgs } from './endpoint-logs.ts';
import { physicalName } from './endpoint-name.ts';
import { EndpointScaling, type EndpointHours } from './endpoint-scaling.ts';
import { checkFleet, variantOf, volumeKey, type Fleet } from './fleet.ts';
import type { HostedModel } from './hosted-model.ts';
import { deploymentConfig } from './rollout.ts';
import { instancesOf } from './scaling-target.ts';

/** How many instances work through the queue. */
export interface AsyncScaling {
  /** @default 0: an idle endpoint costs nothing, and the first request waits minutes for an instance */
  min?: number;
  max: number;
  /** Requests waiting for each instance that ask for another. @default 5 */
  backlogPerInstance?: number;
  /** Other bounds by the clock, as for cheap nights. @default none */
  scheduled?: readonly EndpointHours[];
  /** @default 'UTC' */
  timezone?: string;
}

export interface AsyncEndpointArgs extends EndpointLogsArgs {
  placement: Placement;
  model: HostedModel;
  fleet: Fleet;
  /** Where requests, answers and failures lie: under `requests/`, `answers/` and `failures/` of this prefix. */
  objects: ObjectPrefix;
  /** Customer-managed key of that bucket, of the volumes, and of the two topics. */
  keyArn: pulumi.Input<string>;
  alarms: EndpointAlarmsArgs;
  scaling: AsyncScaling;
  /** Requests an instance works on at once. @default 4 */
  concurrencyPerInstance?: number;
  /** Physical name, 63 characters at most. @default `plinth-<stack>-<name>` */
  endpointName?: string;
}

/**
 * A model that works through a queue: a request is an object in S3, so is its answer, and a topic says when it is there. It may take an
 * hour, and goes down to no instances when nobody asks.
 */
export class AsyncEndpoint extends pulumi.ComponentResource {
  readonly endpointName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;
  readonly alarmArns: pulumi.Output<string[]>;
  /** Told of every answer, with its place. */
  readonly successTopicArn: pulumi.Output<string>;
  /** Told of every failure, with its reason. */
  readonly errorTopicArn: pulumi.Output<string>;
  readonly #placement: Placement;
  readonly #keyArn: pulumi.Input<string>;
  readonly #places: {
    readonly requests: ObjectPrefix;
    readonly answers: ObjectPrefix;
    readonly failures: ObjectPrefix;
  };

  constructor(name: string, args: AsyncEndpointArgs, opts: pulumi.ComponentResourceOptions = {}) {
    check(args);
    super('plinth:sagemaker:AsyncEndpoint', name, {}, opts);
    const { placement, model, fleet, objects, keyArn } = args;
    const parent = { parent: this };
    const endpointName = physicalName(name, args.endpointName);
    const under = (folder: string): ObjectPrefix => ({ ...objects, prefix: `${objects.prefix}${folder}/` });
    const places = { requests: under('requests'), answers: under('answers'), failures: under('failures') };
    const success = new aws.sns.Topic(`${name}-success`, { kmsMasterKeyId: keyArn }, parent);
    const error = new aws.sns.Topic(`${name}-error`, { kmsMasterKeyId: keyArn }, parent);
    const logs = serviceLogs(
      name,
      `Endpoints/${endpointName}`,
      [model.roleName],
      {
        ...args,
        statements: [
          ...grantReadUnder(placement, places.requests),
          grantWriteUnder(placement, places.answers),
          grantWriteUnder(placement, places.failures),
          { Sid: 'SayDone', Effect: 'Allow', Action: ['sns:Publish'], Resource: [success.arn, error.arn] },
          grantKeyThrough(keyArn, placement, 's3', 'sns'),
        ],
      },
      parent,
    );
    const configuration = new aws.sagemaker.EndpointConfiguration(
      name,
      {
        productionVariants: [variantOf(fleet, model)],
        ...volumeKey(fleet, keyArn),
        asyncInferenceConfig: {
          clientConfig: { maxConcurrentInvocationsPerInstance: args.concurrencyPerInstance ?? 4 },
          outputConfig: {
            s3OutputPath: s3Uri(places.answers),
            s3FailurePath: s3Uri(places.failures),
            kmsKeyId: keyArn,
            notificationConfig: { successTopic: success.arn, errorTopic: error.arn },
          },
        },
      },
      parent,
    );
    const alarms = endpointAlarms(name, endpointName, { modelLatencySeconds: 3600, ...args.alarms }, parent);
    const endpoint = new aws.sagemaker.Endpoint(
      name,
      {
        name: endpointName,
        endpointConfigName: configuration.name,
        deploymentConfig: deploymentConfig(
          { kind: 'canary' },
          alarms.map((alarm) => ({ alarmName: alarm.name })),
        ),
      },
      { ...parent, dependsOn: [model, logs.group, ...logs.policies] },
    );
    this.endpointName = endpoint.name;
    this.arn = endpoint.arn;
    this.logGroupName = logs.group.logGroupName;
    this.alarmArns = pulumi.all(alarms.map(({ arn }) => arn));
    this.successTopicArn = success.arn;
    this.errorTopicArn = error.arn;
    this.#placement = placement;
    this.#keyArn = keyArn;
    this.#places = places;
    const { min = 0, max, backlogPerInstance = 5, scheduled, timezone } = args.scaling;
    new EndpointScaling(
      name,
      {
        target: instancesOf(endpoint.name),
        min,
        max,
        by: { kind: 'backlog', requests: backlogPerInstance },
        scheduled,
        timezone,
      },
      parent,
    );
    this.registerOutputs({ endpointName: this.endpointName, arn: this.arn });
  }

  /** Lets a role put a request, hand it in, and read what came of it. */
  grantInvoke(): Statement[] {
    const { requests, answers, failures } = this.#places;
    return [
      { Sid: 'InvokeAsync', Effect: 'Allow', Action: ['sagemaker:InvokeEndpointAsync'], Resource: [this.arn] },
      grantWriteUnder(this.#placement, requests),
      ...grantReadUnder(this.#placement, answers),
      ...grantReadUnder(this.#placement, failures),
      grantKeyThrough(this.#keyArn, this.#placement, 's3'),
    ];
  }

  /** Where a caller puts requests, `s3://bucket/prefix/requests/`. */
  get requestsUri(): pulumi.Output<string> {
    return s3Uri(this.#places.requests);
  }
}

function check({ model, fleet }: AsyncEndpointArgs): void {
  checkFleet(fleet);
  if (model.traits.network !== 'isolated')
    throw new StackError(
      'A model with network "serverless" has no VPC. Give it an isolated network to host it on instances.',
    );
  if (model.traits.source === 'collection')
    throw new StackError('An asynchronous endpoint hosts one model. Give it a model whose source is no collection.');
}
