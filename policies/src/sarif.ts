import type { Finding } from './evaluate.ts';
import { REQUIREMENTS } from './requirements.ts';
import type { Rule, Severity } from './rule.ts';

/** The stack a set of findings is about, and the file a reader of the report is shown. */
export interface JudgedStack {
  /** For example `public-chat`. */
  readonly stack: string;
  readonly environment: string;
  /** Program of the stack, relative to the top of the repository, for example `stacks/public-chat/index.ts`. */
  readonly file: string;
  readonly findings: readonly SarifFinding[];
}

/** A finding of {@link evaluate}, or of a plan, where no resource is `null`. */
export type SarifFinding = Pick<Finding, 'rule' | 'level' | 'kind' | 'message' | 'remediation'> & {
  readonly resource?: string | null | undefined;
};

/** How GitHub ranks a rule of the category security: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '3.0',
};

/**
 * Findings as a SARIF 2.1.0 log (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html): one run, every rule described,
 * one result a finding. A mandatory violation is an `error`, an advisory one a `warning`, a value not yet known a `note`.
 *
 * A resource has no line in a program, so each result points at the program of its stack and names the resource as a logical
 * location. Fingerprints hold rule, stack, environment and resource: they stay when a message is worded anew.
 */
export function toSarif(rules: readonly Rule[], judged: readonly JudgedStack[]): object {
  const positions = new Map(rules.map(({ id }, index) => [id, index]));
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'plinth-policies', rules: rules.map(describe) } },
        columnKind: 'utf16CodeUnits',
        results: judged.flatMap((stack) => resultsOf(stack, positions)),
      },
    ],
  };
}

function describe(rule: Rule): object {
  const requirement = REQUIREMENTS.find(({ number }) => number === rule.requirement);
  return {
    id: rule.id,
    name: rule.id.replace(/(^|-)([a-z0-9])/g, (_, _dash, letter: string) => letter.toUpperCase()),
    shortDescription: { text: `${rule.title}.` },
    fullDescription: { text: rule.description },
    help: { text: rule.remediation },
    helpUri: rule.source.url,
    defaultConfiguration: { level: 'error' },
    properties: {
      tags: ['security', rule.pack, `requirement-${rule.requirement}`, ...rule.source.controls],
      'security-severity': SECURITY_SEVERITY[rule.severity],
      precision: 'high',
      area: requirement?.area,
      levels: rule.levels,
    },
  };
}

function resultsOf(
  { stack, environment, file, findings }: JudgedStack,
  positions: ReadonlyMap<string, number>,
): object[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const resource = finding.resource ?? undefined;
    const identity = [finding.rule, finding.kind, stack, environment, resource ?? ''].join('|');
    const occurrence = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, occurrence);
    return {
      ruleId: finding.rule,
      ruleIndex: positions.get(finding.rule) ?? -1,
      level: finding.kind === 'not-yet-known' ? 'note' : finding.level === 'mandatory' ? 'error' : 'warning',
      message: { text: `${stack} (${environment}): ${finding.message} ${finding.remediation}` },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: file, uriBaseId: '%SRCROOT%' }, region: { startLine: 1 } },
          logicalLocations: [
            { kind: 'resource', name: resource?.split('::').at(-1) ?? stack, fullyQualifiedName: resource ?? stack },
          ],
        },
      ],
      partialFingerprints: { 'plinth/v1': `${identity}|${occurrence}` },
    };
  });
}
