import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

export interface UsagePlanArgs {
  restApiId: pulumi.Input<string>;
  stageName: pulumi.Input<string>;
  /** Requests per second of one application, and how many may come at once beyond that. */
  throttle: { readonly ratePerSecond: number; readonly burst: number };
  /** Requests of one application in a period. */
  quota: { readonly limit: number; readonly period: 'DAY' | 'WEEK' | 'MONTH' };
  /** Names of the applications that get a key, for example `web` and `ios`. */
  applications: readonly string[];
  /** The keys all of these applications have in another Region, for a name that leads to both. @default new ones */
  keys?: pulumi.Output<Readonly<Record<string, string>>>;
}

/**
 * What one application may ask for, counted by its key. The key names an application (a web page shows its own to anyone); who is
 * calling is proven by the token beside it.
 */
export class UsagePlan extends pulumi.ComponentResource {
  /** The key of each application, by its name. Secret, so that no log or plan shows it. */
  readonly keys: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: UsagePlanArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:fronts:UsagePlan', name, {}, opts);
    const parent = { parent: this };
    const plan = new aws.apigateway.UsagePlan(
      name,
      {
        apiStages: [{ apiId: args.restApiId, stage: args.stageName }],
        throttleSettings: { rateLimit: args.throttle.ratePerSecond, burstLimit: args.throttle.burst },
        quotaSettings: { limit: args.quota.limit, period: args.quota.period },
      },
      parent,
    );
    const keys: Record<string, pulumi.Output<string>> = {};
    for (const application of args.applications) {
      const key = new aws.apigateway.ApiKey(
        `${name}-${application}`,
        {
          description: `Application ${application}`,
          ...(args.keys && { value: args.keys.apply((keys) => keys[application]) }),
        },
        parent,
      );
      new aws.apigateway.UsagePlanKey(
        `${name}-${application}`,
        { keyId: key.id, keyType: 'API_KEY', usagePlanId: plan.id },
        parent,
      );
      keys[application] = key.value;
    }
    this.keys = pulumi.secret(pulumi.output(keys));
    this.registerOutputs({ keys: this.keys });
  }
}
