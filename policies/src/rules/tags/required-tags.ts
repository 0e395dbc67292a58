import { ADVISE_IN_DEV } from '../../levels.ts';
import { defineRuleForAll, type Report, type RuleContext } from '../../rule.ts';
import { isTaggable } from '../../taggable-types.ts';
import { isUnknown } from '../../unknown.ts';

export const requiredTags = defineRuleForAll({
  id: 'tags-required',
  requirement: 34,
  pack: 'baseline',
  title: 'Everything taggable says who owns it, where it runs, who pays and how sensitive it is',
  description: 'Bills, incident calls and data rules all start from these tags.',
  severity: 'medium',
  levels: ADVISE_IN_DEV,
  remediation: 'Create the resource below a PlatformStack, or set the tags on it.',
  source: {
    controls: [],
    url: 'https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html',
  },
  check(props, report, context) {
    const { type, defaultTags } = context.resource;
    if (!isTaggable(type)) return;
    const own = props['tags'] ?? {};
    if (isUnknown(own)) return report.notYetKnown(own);
    if (isUnknown(defaultTags)) return report.notYetKnown(defaultTags);
    judgeTags({ ...defaultTags, ...own }, report, context);
  },
});

function judgeTags(tags: Record<string, unknown>, report: Report, { environment, settings }: RuleContext): void {
  const missing = settings.requiredTags.filter((name) => tags[name] === undefined || tags[name] === '');
  if (missing.length > 0) report.violation(`Missing: ${missing.join(', ')}.`);
  for (const name of settings.requiredTags) {
    const value = tags[name];
    if (isUnknown(value)) report.notYetKnown(value);
    else if (name === 'environment' && typeof value === 'string' && value !== environment)
      report.violation(`The tag environment says ${value} in a ${environment} stack.`);
    else if (name === 'data-class' && typeof value === 'string' && !settings.dataClasses.includes(value))
      report.violation(`The tag data-class says ${value}: use one of ${settings.dataClasses.join(', ')}.`);
  }
}
