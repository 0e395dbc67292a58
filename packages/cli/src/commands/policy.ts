import { Command } from 'commander';
import { explainRule } from './policy-explain.ts';
import { listRules } from './policy-list.ts';
import { testPolicies, type TestOptions } from './policy-test.ts';

export function policyCommand(): Command {
  const policy = new Command('policy').description('the rules every stack is held to');
  policy
    .command('list')
    .description('every rule: what holds, how severe it is, and where it is mandatory')
    .option('--json', 'print as JSON')
    .action((options: { json?: boolean }) => {
      process.stdout.write(listRules(options.json === true));
    });
  policy
    .command('explain')
    .description('one rule: what it asks, why, how to satisfy it, and where it comes from')
    .argument('<rule>', 'its id, or the number of a requirement')
    .option('--json', 'print as JSON')
    .action((rule: string, options: { json?: boolean }) => {
      process.stdout.write(explainRule(rule, options.json === true));
    });
  policy
    .command('test')
    .description('hold stacks to the rules, offline; ends with code 1 when a mandatory rule is broken')
    .option('--stack <stack...>', 'only these stacks', [])
    .option('--env <environment...>', 'only these environments: dev, staging, production', [])
    .option('--json', 'print findings as JSON')
    .option('--sarif <file>', 'write findings to a file as SARIF 2.1.0 as well')
    .action((options: TestOptions) => testPolicies(options));
  return policy;
}
