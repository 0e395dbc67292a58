import * as aws from '@pulumi/aws';
import { program } from '../program.ts';

const GROUPS = ['AWSManagedRulesCommonRuleSet', 'AWSManagedRulesKnownBadInputsRuleSet', 'AWSManagedRulesSQLiRuleSet'];
const visibilityConfig = { cloudwatchMetricsEnabled: true, metricName: 'wall', sampledRequestsEnabled: false };

const rateRule = {
  name: 'rate',
  priority: 0,
  statement: { rateBasedStatement: { limit: 600, aggregateKeyType: 'IP' } },
  visibilityConfig,
};

function wall(sound: boolean): aws.wafv2.WebAcl {
  return new aws.wafv2.WebAcl('wall', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig,
    rules: [
      ...(sound ? [rateRule] : []),
      ...GROUPS.map((name, index) => ({
        name,
        priority: index + 1,
        statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } },
        visibilityConfig,
      })),
    ],
  });
}

export const programs = [
  program('a web ACL that stops no flood', ['wafv2-web-acl-protections'], wall),
  program('an open method', ['apigateway-method-authorization'], (sound) => {
    const authorization = sound ? 'COGNITO_USER_POOLS' : 'NONE';
    new aws.apigateway.Method('chat', { restApi: 'api', resourceId: 'chat', httpMethod: 'POST', authorization });
  }),
  program('a stage without a wall', ['apigateway-stage-web-acl'], (sound) => {
    const stage = new aws.apigateway.Stage('v1', { restApi: 'api', deployment: 'one', stageName: 'v1' });
    if (sound) new aws.wafv2.WebAclAssociation('v1', { resourceArn: stage.id, webAclArn: wall(true).arn });
  }),
  program('a streaming function behind a buffer', ['apigateway-streaming-integration'], (sound) => {
    new aws.apigateway.Integration('chat', {
      restApi: 'api',
      resourceId: 'chat',
      httpMethod: 'POST',
      type: 'AWS_PROXY',
      uri: 'arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/chat/response-streaming-invocations',
      ...(sound && { responseTransferMode: 'STREAM', timeoutMilliseconds: 900_000 }),
    });
  }),
  program('a plan without a quota', ['apigateway-usage-plan-limits'], (sound) => {
    new aws.apigateway.UsagePlan('standard', {
      throttleSettings: { rateLimit: 10, burstLimit: 20 },
      ...(sound && { quotaSettings: { limit: 10_000, period: 'DAY' } }),
    });
  }),
];
