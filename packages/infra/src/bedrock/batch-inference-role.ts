import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { grantKeyThrough } from '../governance/key.ts';
import { JUSTIFIED } from '../iam/justified-wildcards.ts';
import { grantReadUnder, grantWriteUnder, s3Uri, type ObjectPrefix } from '../iam/object-prefix.ts';
import { grantPass } from '../iam/pass-role.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust, type Statement } from '../iam/statement.ts';

/** A model that batches are run on. */
export type BatchModel =
  | { kind: 'foundation'; modelId: string }
  /** A cross-region profile AWS defines, and the Regions it routes to. */
  | { kind: 'profile'; systemProfile: string; regions: readonly string[] };

export interface BatchInferenceRoleArgs {
  placement: Placement;
  models: readonly BatchModel[];
  /** Where batches are read from. */
  input: ObjectPrefix;
  /** Where answers are written. */
  output: ObjectPrefix;
  /** Customer-managed key of both. */
  keyArn: pulumi.Input<string>;
}

/**
 * The role Bedrock takes while it runs a batch of model calls, at half the price and with no promise of when. Jobs are not resources: whoever
 * prepares a batch submits it (`CreateModelInvocationJob`) and passes this role.
 *
 * Guardrails do not see batches: check what goes in before, and what comes out after.
 */
export class BatchInferenceRole extends pulumi.ComponentResource {
  readonly roleArn: pulumi.Output<string>;
  readonly inputUri: pulumi.Output<string>;
  readonly outputUri: pulumi.Output<string>;
  readonly #args: BatchInferenceRoleArgs;

  constructor(name: string, args: BatchInferenceRoleArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:bedrock:BatchInferenceRole', name, {}, opts);
    const { placement, models, input, output, keyArn } = args;
    const parent = { parent: this };
    const role = new aws.iam.Role(
      name,
      {
        description: 'Bedrock runs batches of model calls.',
        assumeRolePolicy: serviceTrust('bedrock.amazonaws.com', placement.account),
      },
      parent,
    );
    const profiles = models.filter((model) => model.kind === 'profile');
    new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: policyDocument([
          ...grantReadUnder(placement, input),
          grantWriteUnder(placement, output),
          grantKeyThrough(keyArn, placement, 's3'),
          // A foundation model in this Region needs no right of the role; one behind a profile does (Bedrock user guide).
          ...(profiles.length === 0
            ? []
            : [
                {
                  Sid: 'CallThroughProfiles',
                  Effect: 'Allow' as const,
                  Action: ['bedrock:InvokeModel'],
                  Resource: profiles.flatMap((model) => modelArns(placement, model)),
                },
              ]),
        ]),
      },
      parent,
    );
    this.#args = args;
    this.roleArn = role.arn;
    this.inputUri = s3Uri(input);
    this.outputUri = s3Uri(output);
    this.registerOutputs({ roleArn: this.roleArn });
  }

  /** Lets a role put batches in place, submit them on the models named, watch and stop them, and read the answers. */
  grantSubmit(): Statement[] {
    const { placement, input, output, keyArn } = this.#args;
    return [
      ...this.grantRun(),
      grantWriteUnder(placement, input),
      ...grantReadUnder(placement, output),
      grantKeyThrough(keyArn, placement, 's3'),
    ];
  }

  /** Lets a workflow submit and tag batches that somebody else put in place, watch them and stop them. It sees none of their text. */
  grantRun(): Statement[] {
    const { placement, models } = this.#args;
    return [
      {
        Sid: 'SubmitBatches',
        Effect: 'Allow',
        Action: ['bedrock:CreateModelInvocationJob'],
        Resource: [...models.flatMap((model) => modelArns(placement, model)), this.#jobs],
      },
      { Sid: 'TagBatches', Effect: 'Allow', Action: ['bedrock:TagResource'], Resource: [this.#jobs] },
      this.#grantWatch(),
      grantPass(this.roleArn, 'bedrock.amazonaws.com'),
    ];
  }

  /** Lets a role find batches, look at them and stop them, as when somebody cancels. */
  grantStop(): Statement[] {
    return [JUSTIFIED.listInvocationJobs, this.#grantWatch()];
  }

  #grantWatch(): Statement {
    return {
      Sid: 'WatchBatches',
      Effect: 'Allow',
      Action: ['bedrock:GetModelInvocationJob', 'bedrock:StopModelInvocationJob'],
      Resource: [this.#jobs],
    };
  }

  /** Bedrock names jobs as they come in. */
  get #jobs(): pulumi.Output<string> {
    const { partition, region, account } = this.#args.placement;
    return pulumi.interpolate`arn:${partition}:bedrock:${region}:${account}:model-invocation-job/*`;
  }
}

function modelArns({ partition, region, account }: Placement, model: BatchModel): pulumi.Input<string>[] {
  if (model.kind === 'foundation') return [`arn:${partition}:bedrock:${region}::foundation-model/${model.modelId}`];
  const [, ...id] = model.systemProfile.split('.');
  return [
    pulumi.interpolate`arn:${partition}:bedrock:${region}:${account}:inference-profile/${model.systemProfile}`,
    ...model.regions.map((each) => `arn:${partition}:bedrock:${each}::foundation-model/${id.join('.')}`),
  ];
}
