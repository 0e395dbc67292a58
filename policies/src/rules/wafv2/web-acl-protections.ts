import { ADVISE_IN_DEV } from '../../levels.ts';
import { securityHub } from '../../links.ts';
import { defineRule, type PropsOf } from '../../rule.ts';
import { isUnknown, type Unknown } from '../../unknown.ts';

type AclRule = Exclude<NonNullable<Exclude<PropsOf<'aws:wafv2/webAcl:WebAcl'>['rules'], Unknown>>[number], Unknown>;
type Statement = Exclude<AclRule['statement'], Unknown>;

const PROTECTIONS: readonly { what: string; by: (statement: Statement) => boolean }[] = [
  { what: 'limits requests per address', by: (statement) => isThere(statement.rateBasedStatement) },
  {
    what: 'limits the size of bodies',
    by: (statement) =>
      // The common rule set carries a body limit of 8 KB.
      isThere(statement.sizeConstraintStatement) || usesGroup(statement, 'AWSManagedRulesCommonRuleSet'),
  },
  { what: 'stops known bad inputs', by: (statement) => usesGroup(statement, 'AWSManagedRulesKnownBadInputsRuleSet') },
  {
    what: 'stops SQL injection',
    by: (statement) => isThere(statement.sqliMatchStatement) || usesGroup(statement, 'AWSManagedRulesSQLiRuleSet'),
  },
];

export const webAclProtections = defineRule({
  id: 'wafv2-web-acl-protections',
  requirement: 9,
  pack: 'baseline',
  title: 'Web ACLs limit rate and body size and stop known attacks',
  description: 'A model call costs money and seconds: floods and oversized bodies must end before the function starts.',
  severity: 'high',
  levels: ADVISE_IN_DEV,
  remediation: 'Add the missing rule to the web ACL.',
  source: { controls: ['WAF.10'], url: securityHub('waf', 'WAF.10') },
  types: ['aws:wafv2/webAcl:WebAcl'],
  check(acl, report) {
    if (acl.ruleJson !== undefined) return report.violation('Rules in raw JSON cannot be judged: write them as rules.');
    const { rules } = acl;
    if (isUnknown(rules)) return report.notYetKnown(rules);
    const statements: Statement[] = [];
    const unknowns: Unknown[] = [];
    for (const rule of rules ?? []) {
      const statement = isUnknown(rule) ? rule : rule.statement;
      if (isUnknown(statement)) unknowns.push(statement);
      else {
        statements.push(statement);
        unknowns.push(...unknownsIn(statement));
      }
    }
    const missing = PROTECTIONS.filter(({ by }) => !statements.some(by));
    // What is not known yet may be any of the missing ones.
    if (missing.length > 0 && unknowns[0] !== undefined) return report.notYetKnown(unknowns[0]);
    for (const { what } of missing) report.violation(`No rule of the web ACL ${what}.`);
  },
});

function isThere(part: object | undefined): boolean {
  return part !== undefined && !isUnknown(part);
}

function unknownsIn({ managedRuleGroupStatement: group, ...others }: Statement): Unknown[] {
  return [group, isUnknown(group) ? undefined : group?.name, ...Object.values(others)].filter(isUnknown);
}

function usesGroup(statement: Statement, name: string): boolean {
  const group = statement.managedRuleGroupStatement;
  return group !== undefined && !isUnknown(group) && group.name === name;
}
