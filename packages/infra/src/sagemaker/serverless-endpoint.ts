import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import type { Statement } from '../iam/statement.ts';
import { endpointAlarms, type EndpointAlarmsArgs } from './endpoint-alarms.ts';
import { serviceLogs, type EndpointLogsArgs } from './endpoint-logs.ts';
import { physicalName } from './endpoint-name.ts';
import { VARIANT } from './fleet.ts';
import type { HostedModel } from './hosted-model.ts';
import { deploymentConfig } from './rollout.ts';
import { warmCopiesOf, type ScalingTarget } from './scaling-target.ts';

export interface ServerlessEndpointArgs extends EndpointLogsArgs {
  /** A model with network `serverless`, on a CPU image. */
  model: HostedModel;
  /** Customer-managed key the volumes are encrypted under. */
  keyArn: pulumi.Input<string>;
  alarms: EndpointAlarmsArgs;
  /** Megabytes; CPU grows with it. @default 6144, the most there is */
  memoryMb?: 1024 | 2048 | 3072 | 4096 | 5120 | 6144;
  /** Requests at once, 1 to 200: the cap on the bill. @default 5 */
  maxConcurrency?: number;
  /** Copies kept warm and paid for. @default none: the first call after a pause waits */
  warmCopies?: number;
  /** Physical name, 63 characters at most. @default `plinth-<stack>-<name>` */
  endpointName?: string;
}

/**
 * A small model, paid for by the millisecond and by nothing between calls. For embeddings and classifiers: there is no GPU, 6 GB at most, a
 * minute for an answer and no streaming. It stands outside the VPC, so it must not need private data.
 */
export class ServerlessEndpoint extends pulumi.ComponentResource {
  readonly endpointName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly alarmArns: pulumi.Output<string[]>;
  readonly #warm: boolean;

  constructor(name: string, args: ServerlessEndpointArgs, opts: pulumi.ComponentResourceOptions = {}) {
    check(args);
    super('plinth:sagemaker:ServerlessEndpoint', name, {}, opts);
    const { model, maxConcurrency = 5, warmCopies } = args;
    const parent = { parent: this };
    const endpointName = physicalName(name, args.endpointName);
    const logs = serviceLogs(name, `Endpoints/${endpointName}`, [model.roleName], args, parent);
    const configuration = new aws.sagemaker.EndpointConfiguration(
      name,
      {
        kmsKeyArn: args.keyArn,
        productionVariants: [
          {
            variantName: VARIANT,
            modelName: model.modelName,
            serverlessConfig: {
              memorySizeInMb: args.memoryMb ?? 6144,
              maxConcurrency,
              ...(warmCopies !== undefined && { provisionedConcurrency: warmCopies }),
            },
          },
        ],
      },
      parent,
    );
    const alarms = endpointAlarms(name, endpointName, args.alarms, parent);
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
    this.alarmArns = pulumi.all(alarms.map(({ arn }) => arn));
    this.#warm = warmCopies !== undefined;
    this.registerOutputs({ endpointName: this.endpointName, arn: this.arn });
  }

  /** Lets a role call the endpoint. */
  grantInvoke(): Statement[] {
    return [{ Sid: 'InvokeEndpoint', Effect: 'Allow', Action: ['sagemaker:InvokeEndpoint'], Resource: [this.arn] }];
  }

  /** For `EndpointScaling` by utilization: the warm copies. */
  scalingTarget(): ScalingTarget {
    if (!this.#warm) throw new StackError('There are no warm copies to scale. Set warmCopies.');
    return warmCopiesOf(this.endpointName);
  }
}

function check({ model, maxConcurrency = 5, warmCopies }: ServerlessEndpointArgs): void {
  if (model.traits.network !== 'serverless')
    throw new StackError(
      'A serverless endpoint runs in no VPC. Give the model the network "serverless", or host it on instances.',
    );
  if (model.traits.source === 'package' || model.traits.source === 'collection')
    throw new StackError('A serverless endpoint takes neither model packages nor collections. Use a model from s3.');
  if (maxConcurrency < 1 || maxConcurrency > 200)
    throw new StackError(`A serverless endpoint takes 1 to 200 requests at once, not ${maxConcurrency}.`);
  if (warmCopies !== undefined && (warmCopies < 1 || warmCopies > maxConcurrency))
    throw new StackError(`Warm copies are 1 to maxConcurrency (${maxConcurrency}), not ${warmCopies}.`);
}
