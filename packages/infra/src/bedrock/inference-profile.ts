import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';
import type { Guardrail } from './guardrail.ts';

export interface InferenceProfileArgs {
  placement: Placement;
  /** A cross-region profile AWS defines, for example `us.amazon.nova-lite-v1:0`. */
  systemProfile: string;
  /** Regions that profile routes to, as its page in the Bedrock documentation lists them. */
  regions: readonly string[];
  /** @default 'Application profile over <systemProfile>' */
  description?: string;
}

export interface InvokeGrant {
  /** The pinned guardrail every call must name. */
  guardrail: Guardrail;
  /** `stream` allows only the streaming calls. @default 'stream-and-whole' */
  calls?: 'stream' | 'stream-and-whole';
}

/**
 * An application inference profile: our own, tagged name for a cross-region profile. Calls through it are spread over
 * Regions, and billed under our tags.
 */
export class InferenceProfile extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly #placement: Placement;
  readonly #systemProfile: string;
  readonly #regions: readonly string[];

  constructor(name: string, args: InferenceProfileArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:bedrock:InferenceProfile', name, {}, opts);
    this.#placement = args.placement;
    this.#systemProfile = args.systemProfile;
    this.#regions = args.regions;
    const profile = new aws.bedrock.InferenceProfile(
      name,
      {
        description:
          args.description ?? `Application profile over ${args.systemProfile.replaceAll(/[^0-9A-Za-z .:_-]/g, ' ')}`,
        modelSource: { copyFrom: this.#systemProfileArn },
      },
      { parent: this },
    );
    this.arn = profile.arn;
    this.registerOutputs({ arn: this.arn });
  }

  /**
   * Lets a role call the model through this profile, with the guardrail named, and in no other way. Converse and
   * ConverseStream are covered by the same two IAM actions as InvokeModel and InvokeModelWithResponseStream.
   */
  grantInvoke(grant: InvokeGrant): Statement[] {
    const Action =
      grant.calls === 'stream'
        ? ['bedrock:InvokeModelWithResponseStream']
        : ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];
    const guarded = { 'bedrock:GuardrailIdentifier': grant.guardrail.identifier };
    return [
      {
        Sid: 'CallApprovedProfile',
        Effect: 'Allow',
        Action,
        Resource: [this.arn],
        Condition: { StringEquals: guarded },
      },
      {
        // Bedrock also asks for the models the profile routes to; the second condition closes the way around the profile.
        Sid: 'OnlyThroughTheProfile',
        Effect: 'Allow',
        Action,
        Resource: [this.#systemProfileArn, ...this.#modelArns()],
        Condition: { StringEquals: { ...guarded, 'bedrock:InferenceProfileArn': this.arn } },
      },
    ];
  }

  get #systemProfileArn(): pulumi.Output<string> {
    const { partition, region, account } = this.#placement;
    return pulumi.interpolate`arn:${partition}:bedrock:${region}:${account}:inference-profile/${this.#systemProfile}`;
  }

  #modelArns(): string[] {
    const [scope, ...model] = this.#systemProfile.split('.');
    // A global profile is also checked against the model's ARN without a Region.
    const regions = scope === 'global' ? [...this.#regions, ''] : this.#regions;
    return regions.map(
      (region) => `arn:${this.#placement.partition}:bedrock:${region}::foundation-model/${model.join('.')}`,
    );
  }
}
