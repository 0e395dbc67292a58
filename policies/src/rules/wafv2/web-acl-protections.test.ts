import { describeRule } from '../../testing/describe-rule.ts';
import { UNKNOWN } from '../../testing/samples.ts';
import { webAclProtections } from './web-acl-protections.ts';

const group = (name: string) => ({ managedRuleGroupStatement: { vendorName: 'AWS', name } });
const acl = (...statements: unknown[]) => ({
  scope: 'REGIONAL',
  rules: statements.map((statement) => ({ statement })),
});
const RATE = { rateBasedStatement: { limit: 600 } };
const SIZE = { sizeConstraintStatement: { size: 65536, comparisonOperator: 'GT' } };
const BAD = group('AWSManagedRulesKnownBadInputsRuleSet');
const SQL = group('AWSManagedRulesSQLiRuleSet');

describeRule(webAclProtections, {
  passes: {
    'all four': acl(RATE, SIZE, BAD, SQL),
    'the body limit of the common rule set': acl(RATE, group('AWSManagedRulesCommonRuleSet'), BAD, SQL),
    'one unknown beside all four': acl(RATE, SIZE, BAD, SQL, UNKNOWN),
  },
  fails: {
    'no rate rule': { given: acl(SIZE, BAD, SQL), says: /limits requests/ },
    'no body limit': { given: acl(RATE, BAD, SQL), says: /size of bodies/ },
    'rules nobody can read': { given: { ruleJson: '[]' }, says: /raw JSON/ },
  },
  missing: { fails: { 'no rules': { given: {}, says: /requests[\s\S]*bodies[\s\S]*bad inputs[\s\S]*SQL/ } } },
  unknown: {
    'the rules': { rules: UNKNOWN },
    'the statement that may be the missing one': acl(RATE, SIZE, BAD, UNKNOWN),
  },
});
