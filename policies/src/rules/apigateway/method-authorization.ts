import { judge } from '../../judge.ts';
import { ALWAYS } from '../../levels.ts';
import { CDK_NAG } from '../../links.ts';
import { defineRule } from '../../rule.ts';

export const methodAuthorization = defineRule({
  id: 'apigateway-method-authorization',
  requirement: 10,
  pack: 'baseline',
  title: 'Every API method asks who is calling',
  description: 'An open method lets anyone spend the model budget.',
  severity: 'critical',
  levels: ALWAYS,
  remediation: 'Set authorization to CUSTOM, COGNITO_USER_POOLS or AWS_IAM.',
  source: { controls: ['AwsSolutions-APIG4'], url: CDK_NAG },
  types: ['aws:apigateway/method:Method'],
  check(method, report) {
    // Browsers send preflight requests without credentials.
    if (method.httpMethod === 'OPTIONS') return;
    judge(method.authorization, report, (kind) => kind !== 'NONE' && kind !== '', 'Anyone may call this method.');
  },
});
