import { judge } from '../../judge.ts';
import { ALWAYS } from '../../levels.ts';
import { bedrockGuide } from '../../links.ts';
import { defineRule } from '../../rule.ts';

export const provisionedThroughputCap = defineRule({
  id: 'bedrock-provisioned-throughput-cap',
  requirement: 27,
  pack: 'baseline',
  title: 'Provisioned throughput stays within a cap and is committed to in production only',
  description:
    'A unit is paid for every hour, used or not, and a commitment cannot be given back for one or six months.',
  severity: 'high',
  levels: ALWAYS,
  remediation: 'Lower modelUnits to the cap of the environment, and leave commitmentDuration out below production.',
  source: { controls: [], url: bedrockGuide('prov-throughput') },
  types: ['aws:bedrock/provisionedModelThroughput:ProvisionedModelThroughput'],
  check(throughput, report, { environment, settings }) {
    const cap = settings.maxProvisionedModelUnits[environment];
    judge(
      throughput.modelUnits,
      report,
      (units) => typeof units === 'number' && units <= cap,
      `More than ${cap} model units, the cap in ${environment}.`,
    );
    if (environment === 'production') return;
    judge(
      throughput.commitmentDuration,
      report,
      (duration) => duration === undefined,
      `A commitment in ${environment} cannot be given back.`,
    );
  },
});
