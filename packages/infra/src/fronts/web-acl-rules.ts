import type * as aws from '@pulumi/aws';

type Rule = aws.types.input.wafv2.WebAclRule;

/** Largest body WAF looks at in front of API Gateway, bytes; anything longer counts as over any limit. */
export const WAF_BODY_WINDOW = 65_536;

/** Where refusals are written, in the shape OpenAI's clients read. */
export const RESPONSES = {
  'too-many': {
    code: 'rate_limit_exceeded',
    type: 'rate_limit_error',
    message: 'Too many requests from this address. Wait a minute, then retry.',
  },
  'too-large': {
    code: 'request_too_large',
    type: 'invalid_request_error',
    message: 'The request body is too large. Send a shorter prompt.',
  },
} as const;

/**
 * Managed rules that read the body look for attacks on databases and pages. A prompt that quotes SQL, HTML or a path is no
 * attack here, since a body reaches a JSON parser and a model and nothing else; these rules would refuse honest questions, so they only count.
 */
const BODY_RULES: Readonly<Record<string, readonly string[]>> = {
  AWSManagedRulesCommonRuleSet: [
    'SizeRestrictions_BODY',
    'CrossSiteScripting_BODY',
    'GenericLFI_BODY',
    'GenericRFI_BODY',
    'EC2MetaDataSSRF_BODY',
  ],
  AWSManagedRulesSQLiRuleSet: ['SQLi_BODY', 'SQLiExtendedPatterns_BODY'],
  AWSManagedRulesKnownBadInputsRuleSet: [],
  AWSManagedRulesAmazonIpReputationList: [],
};

/** Requests one address may make in a minute. */
export function rateRule(priority: number, requestsPerMinute: number): Rule {
  return {
    name: 'rate-per-address',
    priority,
    action: refuse(429, 'too-many', [{ name: 'retry-after', value: '60' }]),
    statement: { rateBasedStatement: { aggregateKeyType: 'IP', limit: requestsPerMinute, evaluationWindowSec: 60 } },
    visibilityConfig: visible('rate-per-address'),
  };
}

/** Bodies over the limit. What is longer than WAF's own window matches too, so nothing large slips by unseen. */
export function bodySizeRule(priority: number, maxBodyBytes: number): Rule {
  return {
    name: 'body-size',
    priority,
    action: refuse(413, 'too-large'),
    statement: {
      sizeConstraintStatement: {
        comparisonOperator: 'GT',
        size: maxBodyBytes,
        fieldToMatch: { body: { oversizeHandling: 'MATCH' } },
        textTransformations: [{ priority: 0, type: 'NONE' }],
      },
    },
    visibilityConfig: visible('body-size'),
  };
}

/** One of AWS's managed rule groups, its body rules counting instead of blocking. */
export function managedRules(priority: number, group: keyof typeof BODY_RULES & string): Rule {
  return {
    name: group,
    priority,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name: group,
        ruleActionOverrides: (BODY_RULES[group] ?? []).map((name) => ({ name, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: visible(group),
  };
}

export function visible(metricName: string): aws.types.input.wafv2.WebAclVisibilityConfig {
  // Sampled requests would show prompts to anyone who may open the console.
  return { metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: false };
}

function refuse(
  responseCode: number,
  key: keyof typeof RESPONSES,
  responseHeaders?: { name: string; value: string }[],
) {
  return { block: { customResponse: { responseCode, customResponseBodyKey: key, responseHeaders } } };
}
