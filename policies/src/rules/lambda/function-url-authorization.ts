import { judge } from '../../judge.ts';
import { ALWAYS } from '../../levels.ts';
import { CHECKOV } from '../../links.ts';
import { defineRule } from '../../rule.ts';

export const functionUrlAuthorization = defineRule({
  id: 'lambda-function-url-authorization',
  requirement: 11,
  pack: 'baseline',
  title: 'Function URLs ask who is calling',
  description: 'A URL without authorization passes every front: no WAF, no usage plan, no key.',
  severity: 'critical',
  levels: ALWAYS,
  remediation: 'Set authorizationType to AWS_IAM, or put the function behind the API.',
  source: { controls: ['CKV_AWS_258'], url: CHECKOV },
  types: ['aws:lambda/functionUrl:FunctionUrl'],
  check(url, report) {
    judge(
      url.authorizationType,
      report,
      (type) => type === 'AWS_IAM',
      'Anyone on the internet may call this function.',
    );
  },
});
