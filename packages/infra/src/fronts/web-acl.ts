import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { LogGroup, type RetentionDays } from '../observability/log-group.ts';
import { WAF_BODY_WINDOW, RESPONSES, bodySizeRule, managedRules, rateRule, visible } from './web-acl-rules.ts';

export interface WebAclArgs {
  /** Requests one address may make in a minute, 10 or more. */
  requestsPerMinute: number;
  /** Largest body, bytes, at most 65,536: what WAF can see of one. @default 65_536 */
  maxBodyBytes?: number;
  /** Physical name of the log group; AWS wants it to begin with `aws-waf-logs-`. */
  logGroupName: string;
  /** Customer-managed key whose policy lets CloudWatch Logs use it. */
  logKeyArn: pulumi.Input<string>;
  /** @default 90 */
  logRetentionDays?: RetentionDays;
}

/**
 * The outer wall of a regional front, from the cheapest check to the dearest: rate per address, body size, known-bad
 * addresses and inputs, SQL injection, and AWS's common rules. Credentials are left out of its log.
 */
export class WebAcl extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: WebAclArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:fronts:WebAcl', name, {}, opts);
    const acl = new aws.wafv2.WebAcl(
      name,
      {
        scope: 'REGIONAL',
        defaultAction: { allow: {} },
        associationConfig: { requestBodies: [{ apiGateway: { defaultSizeInspectionLimit: 'KB_64' } }] },
        customResponseBodies: Object.entries(RESPONSES).map(([key, error]) => ({
          key,
          contentType: 'APPLICATION_JSON',
          content: JSON.stringify({ error: { ...error, param: null } }),
        })),
        rules: [
          rateRule(0, args.requestsPerMinute),
          bodySizeRule(1, args.maxBodyBytes ?? WAF_BODY_WINDOW),
          managedRules(2, 'AWSManagedRulesAmazonIpReputationList'),
          managedRules(3, 'AWSManagedRulesKnownBadInputsRuleSet'),
          managedRules(4, 'AWSManagedRulesSQLiRuleSet'),
          managedRules(5, 'AWSManagedRulesCommonRuleSet'),
        ],
        visibilityConfig: visible(name),
      },
      { parent: this },
    );
    const logs = new LogGroup(
      `${name}-waf`,
      { name: args.logGroupName, keyArn: args.logKeyArn, retentionDays: args.logRetentionDays ?? 90 },
      { parent: this },
    );
    new aws.wafv2.WebAclLoggingConfiguration(
      name,
      {
        resourceArn: acl.arn,
        logDestinationConfigs: [logs.arn],
        redactedFields: ['authorization', 'x-api-key', 'cookie'].map((header) => ({ singleHeader: { name: header } })),
      },
      { parent: this },
    );
    this.arn = acl.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
