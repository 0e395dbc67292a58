import type { Unwrap } from '@pulumi/pulumi';
import type { Environment } from './environment.ts';
import type { Levels } from './levels.ts';
import type { ResourceToken, ResourceTypes } from './resource-types.ts';
import type { Settings } from './settings.ts';
import type { StackView } from './stack-view.ts';
import type { Revealed, Unknown } from './unknown.ts';

export type Severity = 'critical' | 'high' | 'medium' | 'low';
export type PackName = 'baseline' | 'genai';

/** Where a rule comes from. `controls` is empty for rules that are our own. */
export interface ControlSource {
  readonly controls: readonly string[];
  readonly url: string;
}

interface RuleFacts {
  /** Kebab-case, unique over both packs, never renamed: pack configurations and reports name it. */
  readonly id: string;
  /** The requirement it serves in the catalogue of 46. Several rules may serve one. */
  readonly requirement: number;
  readonly pack: PackName;
  /** What holds when the rule passes, in one short sentence without a full stop. */
  readonly title: string;
  /** Why it matters. */
  readonly description: string;
  readonly severity: Severity;
  readonly levels: Levels;
  /** What to change, as an instruction. */
  readonly remediation: string;
  readonly source: ControlSource;
}

/** How a rule speaks. Both may be called any number of times. */
export interface Report {
  /** Something is wrong. `urn` names the resource in a stack rule; without it the stack as a whole is meant. */
  violation(message: string, urn?: string): void;
  /** The rule cannot judge before the value exists: an advisory finding, never silence. */
  notYetKnown(value: Unknown, urn?: string): void;
}

export interface RuleContext {
  readonly environment: Environment;
  readonly settings: Settings;
}

export interface ResourceFacts {
  readonly urn: string;
  readonly name: string;
  readonly type: string;
  /** Tags the provider puts on everything, when the program configures it to. */
  readonly defaultTags: Readonly<Record<string, unknown>> | Unknown;
}

/** Inputs of a resource of type `T` as a rule reads them. */
export type PropsOf<T extends ResourceToken> = Revealed<Unwrap<ResourceTypes[T]>>;

export interface ResourceRule extends RuleFacts {
  readonly kind: 'resource';
  /** Pulumi type tokens; `*` for every resource. */
  readonly types: readonly string[];
  check(props: Record<string, unknown>, report: Report, context: RuleContext & { resource: ResourceFacts }): void;
}

export interface StackRule extends RuleFacts {
  readonly kind: 'stack';
  check(stack: StackView, report: Report, context: RuleContext): void;
}

export type Rule = ResourceRule | StackRule;

/** A rule that judges one resource at a time, before it is created. */
export function defineRule<const T extends ResourceToken>(
  rule: RuleFacts & {
    readonly types: readonly T[];
    check(props: PropsOf<T>, report: Report, context: RuleContext & { resource: ResourceFacts }): void;
  },
): ResourceRule {
  return { kind: 'resource', ...rule } as ResourceRule;
}

/** A rule that judges every resource, whatever its type. */
export function defineRuleForAll(rule: RuleFacts & Pick<ResourceRule, 'check'>): ResourceRule {
  return { kind: 'resource', types: ['*'], ...rule };
}

/** A rule that needs several resources, judged once the whole stack is planned. */
export function defineStackRule(rule: RuleFacts & Pick<StackRule, 'check'>): StackRule {
  return { kind: 'stack', ...rule };
}
