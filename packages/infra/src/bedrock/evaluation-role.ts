import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { grantKeyThrough } from '../governance/key.ts';
import { grantReadUnder, grantWriteUnder, s3Uri, type ObjectPrefix } from '../iam/object-prefix.ts';
import { grantPass } from '../iam/pass-role.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust, type Statement } from '../iam/statement.ts';

export interface EvaluationRoleArgs {
  placement: Placement;
  /** Foundation models in this Region that are measured, and those that judge. */
  modelIds: readonly string[];
  /** Prompts, and the answers expected. */
  dataset: ObjectPrefix;
  /** Where results are written. */
  results: ObjectPrefix;
  /** Customer-managed key of both. */
  keyArn: pulumi.Input<string>;
}

/**
 * The role Bedrock takes while it evaluates models on our own prompts, by measures or by another model's judgement. A job is run for a
 * version of a prompt or a model, by a pipeline, so it is submitted (`CreateEvaluationJob`) rather than kept as a resource.
 */
export class EvaluationRole extends pulumi.ComponentResource {
  readonly roleArn: pulumi.Output<string>;
  readonly datasetUri: pulumi.Output<string>;
  readonly resultsUri: pulumi.Output<string>;
  readonly #args: EvaluationRoleArgs;

  constructor(name: string, args: EvaluationRoleArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:bedrock:EvaluationRole', name, {}, opts);
    const { placement, modelIds, dataset, results, keyArn } = args;
    const parent = { parent: this };
    const role = new aws.iam.Role(
      name,
      {
        description: 'Bedrock evaluates models on our own prompts.',
        assumeRolePolicy: serviceTrust('bedrock.amazonaws.com', placement.account),
      },
      parent,
    );
    new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: policyDocument([
          ...grantReadUnder(placement, dataset),
          grantWriteUnder(placement, results),
          grantKeyThrough(keyArn, placement, 's3'),
          {
            Sid: 'CallEvaluatedModels',
            Effect: 'Allow',
            Action: ['bedrock:InvokeModel'],
            Resource: modelIds.map(
              (id) => `arn:${placement.partition}:bedrock:${placement.region}::foundation-model/${id}`,
            ),
          },
        ]),
      },
      parent,
    );
    this.#args = args;
    this.roleArn = role.arn;
    this.datasetUri = s3Uri(dataset);
    this.resultsUri = s3Uri(results);
    this.registerOutputs({ roleArn: this.roleArn });
  }

  /** Lets a role submit evaluations, watch and stop them, and read the results. */
  grantSubmit(): Statement[] {
    const { placement, results, keyArn } = this.#args;
    const { partition, region, account } = placement;
    return [
      {
        Sid: 'Evaluate',
        Effect: 'Allow',
        Action: ['bedrock:CreateEvaluationJob', 'bedrock:GetEvaluationJob', 'bedrock:StopEvaluationJob'],
        Resource: [pulumi.interpolate`arn:${partition}:bedrock:${region}:${account}:evaluation-job/*`],
      },
      grantPass(this.roleArn, 'bedrock.amazonaws.com'),
      ...grantReadUnder(placement, results),
      grantKeyThrough(keyArn, placement, 's3'),
    ];
  }
}
