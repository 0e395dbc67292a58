import { ALWAYS } from '../../levels.ts';
import { CHECKOV } from '../../links.ts';
import { defineRule } from '../../rule.ts';
import { looksSecret } from '../../secret-shapes.ts';
import { isUnknown } from '../../unknown.ts';

export const lambdaEnvironmentSecrets = defineRule({
  id: 'lambda-no-environment-secrets',
  requirement: 4,
  pack: 'baseline',
  title: 'Function environments hold no secrets',
  description:
    'Everyone who may read a function configuration reads its environment, and so do its logs and state files.',
  severity: 'critical',
  levels: ALWAYS,
  remediation: 'Keep the secret in Secrets Manager or Parameter Store, and give the function its name.',
  source: { controls: ['CKV_AWS_45'], url: CHECKOV },
  types: ['aws:lambda/function:Function'],
  check(fn, report) {
    const environment = fn.environment;
    if (environment === undefined) return;
    if (isUnknown(environment)) return report.notYetKnown(environment);
    const { variables } = environment;
    if (variables === undefined) return;
    if (isUnknown(variables)) return report.notYetKnown(variables);
    for (const [name, value] of Object.entries(variables)) {
      // What a resource of the stack puts out (a table name, an ARN) is no secret; a value of unclear origin may be one.
      if (isUnknown(value)) {
        if (value.sources.length === 0) report.notYetKnown(value);
        else if (value.template !== undefined && looksSecret(name, value.template))
          report.violation(`Variable ${name} looks like a secret.`);
      } else if (looksSecret(name, value)) report.violation(`Variable ${name} looks like a secret.`);
    }
  },
});
