import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import type { Statement } from '../iam/statement.ts';

/** For how long the units are paid for. */
export type Commitment =
  /** By the hour; can be deleted at any time. */
  | { kind: 'none' }
  /** Cheaper, and paid to the end: AWS refuses to delete it before. */
  | { kind: 'committed'; months: 1 | 6 };

export interface ProvisionedThroughputArgs {
  /** A custom model, or a base model that is sold by the unit. */
  modelArn: pulumi.Input<string>;
  /** Units bought. What one takes in tokens a minute, AWS says for each model. @default 1 */
  modelUnits?: number;
  /** Most units this component may ever buy: they cost tens of dollars an hour each. @default 1 */
  maxModelUnits?: number;
  /** @default none */
  commitment?: Commitment;
}

/** Model units of our own: latency and throughput that others do not share, and the only way to call a tuned model. Paid by the hour, used or not. */
export class ProvisionedThroughput extends pulumi.ComponentResource {
  /** The model id to call. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ProvisionedThroughputArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const { modelUnits = 1, maxModelUnits = 1, commitment = { kind: 'none' } } = args;
    if (!Number.isInteger(modelUnits) || modelUnits < 1 || modelUnits > maxModelUnits)
      throw new StackError(
        `Between 1 and ${maxModelUnits} model units can be bought, not ${modelUnits}. Raise maxModelUnits first.`,
      );
    super('plinth:bedrock:ProvisionedThroughput', name, {}, opts);
    const throughput = new aws.bedrock.ProvisionedModelThroughput(
      name,
      {
        provisionedModelName: `plinth-${pulumi.getStack()}-${name}`,
        modelArn: args.modelArn,
        modelUnits,
        ...(commitment.kind === 'committed' && {
          commitmentDuration: commitment.months === 1 ? 'OneMonth' : 'SixMonths',
        }),
      },
      { parent: this },
    );
    this.arn = throughput.provisionedModelArn;
    this.registerOutputs({ arn: this.arn });
  }

  /** Lets a role call the model on these units, with the guardrail named and in no other way. */
  grantInvoke(guardrail: { readonly identifier: pulumi.Input<string> }): Statement[] {
    return [
      {
        Sid: 'CallProvisionedModel',
        Effect: 'Allow',
        Action: ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'],
        Resource: [this.arn],
        Condition: { StringEquals: { 'bedrock:GuardrailIdentifier': guardrail.identifier } },
      },
    ];
  }
}
