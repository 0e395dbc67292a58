import type { Policies, PolicyResource, ReportViolation, ResourceValidationArgs } from '@pulumi/policy';
import { environmentFor, ownerOf, type Environment } from './environment.ts';
import { appliesTo, failClosed, notYetKnownMessage } from './evaluate.ts';
import type { Level } from './levels.ts';
import { providerTags } from './provider-tags.ts';
import type { PackName, Report, ResourceRule, Rule, StackRule } from './rule.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import { StackView } from './stack-view.ts';
import { reveal } from './unknown.ts';

export interface PackOptions {
  /** Value of PLINTH_ENV; absent means the stack's name decides. */
  readonly environment?: string | undefined;
  readonly settings?: Settings;
}

/** The rules of one pack as CrossGuard policies. */
export function policiesOf(rules: readonly Rule[], pack: PackName, options: PackOptions = {}): Policies {
  return rules
    .filter((rule) => rule.pack === pack)
    .map((rule) => (rule.kind === 'resource' ? resourcePolicy(rule, options) : stackPolicy(rule, options)));
}

function common(rule: Rule, options: PackOptions) {
  return {
    name: rule.id,
    displayName: rule.title,
    description: `${rule.title}. ${rule.description}`,
    severity: rule.severity,
    remediationSteps: rule.remediation,
    url: rule.source.url,
    tags: [`requirement-${rule.requirement}`, ...rule.source.controls],
    enforcementLevel: declaredLevel(rule, options),
  };
}

/** The level the policy is registered with; a finding may be milder, never stricter, so a pack configuration stays in force. */
function declaredLevel(rule: Rule, options: PackOptions): Level {
  return rule.levels[options.environment ? environmentFor(options.environment, '') : 'production'];
}

function resourcePolicy(rule: ResourceRule, options: PackOptions) {
  return {
    ...common(rule, options),
    validateResource: (args: ResourceValidationArgs, reportViolation: ReportViolation) => {
      if (!appliesTo(rule.types, args.type)) return;
      const { urn, name, type } = args;
      const environment = environmentFor(options.environment, ownerOf(urn).stack);
      const defaultTags = providerTags(reveal(args.provider?.props ?? {})['defaultTags']);
      failClosed(reporter(rule, environment, options, reportViolation, urn), (report) =>
        rule.check(reveal(args.props), report, {
          environment,
          settings: options.settings ?? DEFAULT_SETTINGS,
          resource: { urn, name, type, defaultTags },
        }),
      );
    },
  };
}

function stackPolicy(rule: StackRule, options: PackOptions) {
  return {
    ...common(rule, options),
    validateStack: ({ resources }: { resources: PolicyResource[] }, reportViolation: ReportViolation) => {
      const { stack, project } = ownerOf(resources[0]?.urn ?? '');
      const environment = environmentFor(options.environment, stack);
      const view = new StackView(
        resources.map(({ type, name, urn, props, propertyDependencies }) => ({
          type,
          name,
          urn,
          props: reveal(props),
          dependencies: Object.fromEntries(
            Object.entries(propertyDependencies).map(([key, on]) => [key, on.map((resource) => resource.urn)]),
          ),
        })),
        project,
      );
      failClosed(reporter(rule, environment, options, reportViolation, undefined), (report) =>
        rule.check(view, report, { environment, settings: options.settings ?? DEFAULT_SETTINGS }),
      );
    },
  };
}

/**
 * CrossGuard takes a whole diagnostic in place of the message (its typings do not say so). That is the only way one finding can
 * be milder than its policy: an unknown is advice, and so is a violation that the environment only advises on.
 */
type ReportDiagnostic = (diagnostic: { message: string; urn: string | undefined; enforcementLevel: Level }) => void;

function reporter(
  rule: Rule,
  environment: Environment,
  options: PackOptions,
  reportViolation: ReportViolation,
  own: string | undefined,
): Report {
  const advise = (message: string, urn: string | undefined) =>
    (reportViolation as unknown as ReportDiagnostic)({ message, urn, enforcementLevel: 'advisory' });
  const milder = rule.levels[environment] !== declaredLevel(rule, options);
  return {
    violation: (message, urn = own) => {
      const text = `${message} ${rule.remediation}`;
      if (milder && rule.levels[environment] === 'advisory') advise(`${rule.title}: ${text}`, urn);
      else reportViolation(text, urn);
    },
    notYetKnown: (value, urn = own) => advise(notYetKnownMessage(rule, value), urn),
  };
}
