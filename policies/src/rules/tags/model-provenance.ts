import { ADVISE_IN_DEV } from '../../levels.ts';
import { at } from '../../read.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

const TAGS = ['model-id', 'license', 'digest'];

export const modelProvenance = defineRule({
  id: 'tags-model-provenance',
  requirement: 34,
  pack: 'baseline',
  title: 'Models say which model they are, under which licence, and by which digest',
  description: 'When weights are recalled or a licence changes, these tags are how every copy is found.',
  severity: 'medium',
  levels: ADVISE_IN_DEV,
  remediation: 'Set the tags model-id, license and digest on the model.',
  source: {
    controls: [],
    url: 'https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html',
  },
  types: ['aws:sagemaker/model:Model', 'aws:bedrock/customModel:CustomModel'],
  check(model, report) {
    if (isUnknown(model.tags)) return report.notYetKnown(model.tags);
    const missing: string[] = [];
    for (const tag of TAGS) {
      const value = at(model.tags, tag);
      if (isUnknown(value)) report.notYetKnown(value);
      else if (value === undefined || value === '') missing.push(tag);
    }
    if (missing.length > 0) report.violation(`Missing: ${missing.join(', ')}.`);
  },
});
