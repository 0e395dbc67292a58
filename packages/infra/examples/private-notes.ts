// eslint-disable-next-line @nx/enforce-module-boundaries -- shown as another project would write it
import { Guardrail, InferenceProfile, Key, PlatformStack, placementIn, policyDocument } from '@plinth/infra';
import * as aws from '@pulumi/aws';

const placement = placementIn('us-east-1');
const stack = new PlatformStack('notes', {
  owner: 'notes-team',
  environment: 'dev',
  'cost-center': 'notes',
  'data-class': 'internal',
});
const below = { parent: stack };

const key = new Key('notes', { placement, description: 'What the guardrail says.' }, below);
const guardrail = new Guardrail('notes', { keyArn: key.arn }, below);
const model = new InferenceProfile(
  'nova-lite',
  { placement, systemProfile: 'us.amazon.nova-lite-v1:0', regions: ['us-east-1', 'us-east-2', 'us-west-2'] },
  below,
);

/** A role that may call one model, with one guardrail, and do nothing else. */
export function mayCallTheModel(role: aws.iam.Role): aws.iam.RolePolicy {
  const policy = policyDocument([...guardrail.grantApply(), ...model.grantInvoke({ guardrail })]);
  return new aws.iam.RolePolicy('may-call-the-model', { role: role.name, policy }, below);
}
