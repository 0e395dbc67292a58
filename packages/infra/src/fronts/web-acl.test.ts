import { describe, expect, it } from 'vitest';
import { KEY_ARN } from '../testing/fixtures.ts';
import { only, registered, type Registered } from '../testing/index.ts';
import { WebAcl } from './web-acl.ts';

const wall = (maxBodyBytes?: number) =>
  registered(
    () =>
      new WebAcl('wall', {
        requestsPerMinute: 100,
        maxBodyBytes,
        logGroupName: 'aws-waf-logs-test',
        logKeyArn: KEY_ARN,
      }),
  );

interface Rule {
  name: string;
  priority: number;
  action?: unknown;
  overrideAction?: unknown;
  statement: { managedRuleGroupStatement?: { name: string; ruleActionOverrides?: { name: string }[] } } & Record<
    string,
    unknown
  >;
}
const rulesOf = (resources: readonly Registered[]) =>
  only(resources, 'aws:wafv2/webAcl:WebAcl').inputs['rules'] as unknown as Rule[];

describe('WebAcl', () => {
  it('checks the cheapest first: rate, size, then the managed groups', async () => {
    const rules = rulesOf(await wall());
    expect(rules.map(({ name }) => name)).toEqual([
      'rate-per-address',
      'body-size',
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesSQLiRuleSet',
      'AWSManagedRulesCommonRuleSet',
    ]);
    expect(rules.map(({ priority }) => priority)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('answers 429 with a time to wait, and 413, in the shape OpenAI clients read', async () => {
    const resources = await wall();
    const [rate, size] = rulesOf(resources);
    expect(rate?.action).toMatchObject({
      block: { customResponse: { responseCode: 429, responseHeaders: [{ name: 'retry-after', value: '60' }] } },
    });
    expect(size?.action).toMatchObject({ block: { customResponse: { responseCode: 413 } } });
    const bodies = only(resources, 'aws:wafv2/webAcl:WebAcl').inputs['customResponseBodies'] as { content: string }[];
    for (const { content } of bodies) expect(JSON.parse(content)).toHaveProperty('error.message');
  });

  it('takes what is longer than it can see as too large', async () => {
    const [, size] = rulesOf(await wall(32_000));
    expect(size?.statement['sizeConstraintStatement']).toMatchObject({
      size: 32_000,
      comparisonOperator: 'GT',
      fieldToMatch: { body: { oversizeHandling: 'MATCH' } },
    });
  });

  it('lets people talk about SQL and HTML: body rules only count, all others block', async () => {
    for (const { overrideAction, statement } of rulesOf(await wall()).slice(2)) {
      expect(overrideAction).toEqual({ none: {} });
      for (const { name } of statement.managedRuleGroupStatement?.ruleActionOverrides ?? [])
        expect(name).toMatch(/_BODY$/);
    }
  });

  it('keeps credentials and sampled requests out of its records', async () => {
    const resources = await wall();
    const { redactedFields } = only(
      resources,
      'aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration',
    ).inputs;
    expect(JSON.stringify(redactedFields)).toContain('"authorization"');
    expect(JSON.stringify(redactedFields)).toContain('"x-api-key"');
    expect(JSON.stringify(only(resources, 'aws:wafv2/webAcl:WebAcl').inputs)).not.toContain(
      '"sampledRequestsEnabled":true',
    );
  });
});
