import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { grantWriteUnder, s3Uri, type ObjectPrefix } from '../iam/object-prefix.ts';
import type { Placement } from '../iam/placement.ts';
import { policyDocument, serviceTrust, type Statement } from '../iam/statement.ts';
import { StackError } from './stack-error.ts';

export interface AugmentedReviewArgs {
  placement: Placement;
  /** The private work team that reviews. A public crowd is refused: it would read what people wrote to you. */
  workteamArn: pulumi.Input<string>;
  /** Where answers are written, encrypted under `keyArn`. */
  answers: ObjectPrefix;
  /** Customer-managed key of the answers. */
  keyArn: pulumi.Input<string>;
  /** What a reviewer is asked to do, in a sentence. @default whether the request may go on */
  task?: string;
  /** People who answer each review, 1 to 3. @default 1 */
  reviewers?: number;
  /** Hours a review is offered, 1 to 240. @default 24 */
  answerHours?: number;
}

/**
 * The other way to put a held request before people: Amazon Augmented AI, with its own work teams, sign-in and page. Where the
 * platform's console is what reviewers use, {@link ReviewWorkflow} alone is enough.
 */
export class AugmentedReview extends pulumi.ComponentResource {
  /** What `StartHumanLoop` is called with. */
  readonly flowArn: pulumi.Output<string>;

  constructor(name: string, args: AugmentedReviewArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const { reviewers = 1, answerHours = 24, placement } = args;
    if (reviewers < 1 || reviewers > 3)
      throw new StackError(`Review ${name}: reviewers must be 1 to 3, as AWS has it.`);
    super('plinth:governance:AugmentedReview', name, {}, opts);
    const parent = { parent: this };
    const physical = `${pulumi.getProject()}-${pulumi.getStack()}-${name}`.slice(0, 63).toLowerCase();
    const page = new aws.sagemaker.HumanTaskUI(
      name,
      { humanTaskUiName: physical, uiTemplate: { content: PAGE } },
      parent,
    );
    const role = new aws.iam.Role(
      name,
      {
        description: 'Augmented AI writes what reviewers answer.',
        assumeRolePolicy: serviceTrust('sagemaker.amazonaws.com', placement.account),
      },
      parent,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: policyDocument([
          grantWriteUnder(placement, args.answers),
          {
            Sid: 'SealAnswers',
            Effect: 'Allow',
            Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
            Resource: [args.keyArn],
          },
        ]),
      },
      parent,
    );
    const flow = new aws.sagemaker.FlowDefinition(
      name,
      {
        flowDefinitionName: physical,
        roleArn: role.arn,
        humanLoopConfig: {
          humanTaskUiArn: page.arn,
          workteamArn: pulumi.output(args.workteamArn).apply((arn) => privateTeam(name, arn)),
          taskCount: reviewers,
          taskTitle: 'Review a held request',
          taskDescription: args.task ?? 'Say whether the request may go on.',
          taskAvailabilityLifetimeInSeconds: answerHours * 3600,
          taskTimeLimitInSeconds: 900,
        },
        outputConfig: { s3OutputPath: s3Uri(args.answers), kmsKeyId: args.keyArn },
      },
      { parent: this, dependsOn: policy },
    );
    this.flowArn = flow.arn;
    this.registerOutputs({ flowArn: this.flowArn });
  }

  /** Lets a service put a request before the team, see how far it is, and take it back. */
  grantStart(): Statement {
    return {
      Sid: 'StartReviews',
      Effect: 'Allow',
      Action: ['sagemaker:StartHumanLoop'],
      Resource: [this.flowArn],
    };
  }
}

function privateTeam(name: string, arn: string): string {
  if (arn.includes(':workteam/private-crowd/')) return arn;
  throw new StackError(`Review ${name}: "${arn}" is not a private work team. Nobody else may read held requests.`);
}

/** The page a reviewer sees. Every value is escaped: what is under review may be an attack on the reviewer. */
const PAGE = `<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form answer-format="flatten-objects">
  <h2>{{ task.input.reason | escape }}</h2>
  <p>Tenant {{ task.input.tenant | escape }}, review {{ task.input.reviewId | escape }}</p>
  <pre>{{ task.input.text | escape }}</pre>
  <crowd-radio-group>
    <crowd-radio-button name="approved" value="true">Let it go on</crowd-radio-button>
    <crowd-radio-button name="refused" value="true">Refuse it</crowd-radio-button>
  </crowd-radio-group>
  <crowd-text-area name="note" label="Why" max-length="1000"></crowd-text-area>
</crowd-form>
`;
