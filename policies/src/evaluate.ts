import { environmentFor, ownerOf, type Environment } from './environment.ts';
import type { Level } from './levels.ts';
import type { PackName, Report, ResourceFacts, Rule, Severity } from './rule.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import { StackView, type ViewedResource } from './stack-view.ts';
import type { Unknown } from './unknown.ts';
import { reveal } from './unknown.ts';

/** A resource to judge. `props` may hold {@link Unknown}s or CrossGuard's own markers. */
export interface PlannedResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** Inputs, as the program gave them. */
  readonly props: object;
  /** For each property, the URNs of the resources its value depends on. */
  readonly dependencies?: Readonly<Record<string, readonly string[]>>;
  readonly defaultTags?: Readonly<Record<string, unknown>> | Unknown;
}

export interface Finding {
  readonly rule: string;
  readonly requirement: number;
  readonly pack: PackName;
  readonly title: string;
  readonly severity: Severity;
  readonly level: Level;
  /** `not-yet-known` findings are always advisory. */
  readonly kind: 'violation' | 'not-yet-known';
  /** URN of the resource; absent when the stack as a whole is meant. */
  readonly resource: string | undefined;
  readonly message: string;
  readonly remediation: string;
  readonly controls: readonly string[];
  readonly url: string;
}

export interface EvaluateOptions {
  /** @default by the stack's name, see environmentFor */
  readonly environment?: Environment;
  readonly settings?: Settings;
}

/** Everything the rules have to say about these resources of one stack, in the order of the rules. */
export function evaluate(
  rules: readonly Rule[],
  resources: readonly PlannedResource[],
  options: EvaluateOptions = {},
): Finding[] {
  const { stack, project } = ownerOf(resources[0]?.urn ?? '');
  const environment = options.environment ?? environmentFor(undefined, stack);
  const context = { environment, settings: options.settings ?? DEFAULT_SETTINGS };
  const revealed = resources.map((resource) => ({ ...resource, props: reveal(resource.props) }));
  const view = new StackView(revealed.map(viewed), project);
  return rules.flatMap((rule) => {
    const { findings, report } = collector(rule, environment);
    if (rule.kind === 'stack') failClosed(report(undefined), (own) => rule.check(view, own, context));
    else
      for (const resource of revealed)
        if (appliesTo(rule.types, resource.type))
          failClosed(report(resource.urn), (own) =>
            rule.check(resource.props, own, { ...context, resource: facts(resource) }),
          );
    return findings;
  });
}

export function appliesTo(types: readonly string[], type: string): boolean {
  return types.includes('*') || types.includes(type);
}

/** A rule that stumbles over a value of a shape nobody foresaw objects to it; it neither lets it pass nor ends the run. */
export function failClosed(report: Report, check: (report: Report) => void): void {
  try {
    check(report);
  } catch (error) {
    report.violation(`This cannot be judged: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** What is said while a value is missing, the same in a plan and in a preview. */
export function notYetKnownMessage(rule: Pick<Rule, 'title'>, value: Unknown): string {
  return `Not yet known: ${value.path}. Checked again when it is: ${rule.title}.`;
}

function collector(rule: Rule, environment: Environment) {
  const findings: Finding[] = [];
  const add = (kind: Finding['kind'], level: Level, message: string, resource: string | undefined) =>
    findings.push({
      rule: rule.id,
      requirement: rule.requirement,
      pack: rule.pack,
      title: rule.title,
      severity: rule.severity,
      level,
      kind,
      resource,
      message,
      remediation: rule.remediation,
      controls: rule.source.controls,
      url: rule.source.url,
    });
  const report = (own: string | undefined): Report => ({
    violation: (message, urn = own) => add('violation', rule.levels[environment], message, urn),
    notYetKnown: (value, urn = own) => add('not-yet-known', 'advisory', notYetKnownMessage(rule, value), urn),
  });
  return { findings, report };
}

function viewed(resource: PlannedResource & { props: Record<string, unknown> }): ViewedResource {
  return { ...resource, dependencies: resource.dependencies ?? {} };
}

function facts({ urn, name, type, defaultTags = {} }: PlannedResource): ResourceFacts {
  return { urn, name, type, defaultTags };
}
