import { createHash } from 'node:crypto';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import type { Statement } from '../iam/statement.ts';
import { CONTENT_FILTERS, DEFAULT_PII, type GuardrailPolicy } from './guardrail-policy.ts';

export interface GuardrailArgs {
  /** Customer-managed key that what the guardrail says (its topics and messages) is encrypted under. */
  keyArn: pulumi.Input<string>;
  /** @default every filter at HIGH, personal data masked or blocked, no denied topics */
  policy?: GuardrailPolicy;
  /** Shown in place of a blocked prompt. @default a sentence that says so */
  blockedInputMessage?: string;
  /** Shown in place of a blocked answer. @default a sentence that says so */
  blockedOutputMessage?: string;
}

/**
 * A Bedrock guardrail with every content filter on, and a published version of it for callers to pin. A change of policy
 * publishes the next version; callers move when the stack that names {@link version} is deployed, never by themselves.
 */
export class Guardrail extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly guardrailId: pulumi.Output<string>;
  /** A number, never DRAFT. */
  readonly version: pulumi.Output<string>;
  readonly #keyArn: pulumi.Input<string>;

  constructor(name: string, args: GuardrailArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const rules = guardrailRules(args);
    super('plinth:bedrock:Guardrail', name, {}, opts);
    this.#keyArn = args.keyArn;
    const guardrail = new aws.bedrock.Guardrail(name, { ...rules, kmsKeyArn: args.keyArn }, { parent: this });
    const digest = createHash('sha256').update(JSON.stringify(rules)).digest('hex').slice(0, 12);
    const version = new aws.bedrock.GuardrailVersion(
      name,
      {
        guardrailArn: guardrail.guardrailArn,
        // A version is a snapshot: a new description makes a new one, and the old one stays for a rollback to find.
        description: `rules ${digest}`,
        skipDestroy: true,
      },
      { parent: this, dependsOn: guardrail },
    );
    this.arn = guardrail.guardrailArn;
    this.guardrailId = guardrail.guardrailId;
    this.version = version.version;
    this.registerOutputs({ arn: this.arn, guardrailId: this.guardrailId, version: this.version });
  }

  /** Lets a role have text checked by this guardrail, and read what the guardrail is encrypted under. */
  grantApply(): Statement[] {
    return [
      { Sid: 'ApplyGuardrail', Effect: 'Allow', Action: ['bedrock:ApplyGuardrail'], Resource: [this.arn] },
      { Sid: 'ReadGuardrail', Effect: 'Allow', Action: ['kms:Decrypt'], Resource: [this.#keyArn] },
    ];
  }

  /** Value of the condition key `bedrock:GuardrailIdentifier` for the pinned version. */
  get identifier(): pulumi.Output<string> {
    return pulumi.interpolate`${this.arn}:${this.version}`;
  }
}

function guardrailRules(args: GuardrailArgs) {
  const policy = args.policy ?? {};
  const strength = policy.filterStrength ?? 'HIGH';
  return {
    description: 'Content, personal data and prompt attacks, on every prompt and every answer.',
    blockedInputMessaging: args.blockedInputMessage ?? 'This request was stopped by the content policy.',
    blockedOutputsMessaging: args.blockedOutputMessage ?? 'This answer was stopped by the content policy.',
    contentPolicyConfig: {
      filtersConfigs: CONTENT_FILTERS.map((type) => ({
        type,
        inputStrength: strength,
        // Bedrock looks for prompt attacks in prompts only, and refuses another strength here.
        outputStrength: type === 'PROMPT_ATTACK' ? 'NONE' : strength,
      })),
    },
    sensitiveInformationPolicyConfig: {
      piiEntitiesConfigs: Object.entries({ ...DEFAULT_PII, ...policy.pii }).map(([type, action]) => ({ type, action })),
    },
    ...((policy.profanityFilter ?? true) && {
      wordPolicyConfig: { managedWordListsConfigs: [{ type: 'PROFANITY' }] },
    }),
    ...(policy.deniedTopics?.length && {
      topicPolicyConfig: {
        topicsConfigs: policy.deniedTopics.map(({ name, definition, examples }) => ({
          name,
          definition,
          examples: [...(examples ?? [])],
          type: 'DENY',
        })),
      },
    }),
    ...(policy.grounding !== undefined && { contextualGroundingPolicyConfig: groundingRules(policy.grounding) }),
  };
}

function groundingRules({ groundingThreshold, relevanceThreshold }: NonNullable<GuardrailPolicy['grounding']>) {
  for (const threshold of [groundingThreshold, relevanceThreshold])
    if (threshold < 0 || threshold > 0.99)
      throw new StackError(
        `A grounding threshold lies between 0 and 0.99, not at ${threshold}. At 1 nothing would pass.`,
      );
  return {
    filtersConfigs: [
      { type: 'GROUNDING', threshold: groundingThreshold },
      { type: 'RELEVANCE', threshold: relevanceThreshold },
    ],
  };
}
