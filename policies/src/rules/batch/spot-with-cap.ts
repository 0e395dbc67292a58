import { ADVISE_IN_DEV } from '../../levels.ts';
import { judge } from '../../judge.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

const SPOT = ['SPOT', 'FARGATE_SPOT'];

export const spotWithCap = defineRule({
  id: 'batch-spot-with-cap',
  requirement: 29,
  pack: 'baseline',
  title: 'Batch runs on Spot, with a cap on vCPUs',
  description: 'Shards are small and resume where they stopped, so a third of the price costs nothing but patience.',
  severity: 'medium',
  levels: ADVISE_IN_DEV,
  remediation: 'Set computeResources.type to SPOT, and maxVcpus within the cap of the environment.',
  source: { controls: [], url: 'https://docs.aws.amazon.com/batch/latest/userguide/bestpractice6.html' },
  types: ['aws:batch/computeEnvironment:ComputeEnvironment'],
  check(compute, report, { environment, settings }) {
    const { computeResources: resources } = compute;
    if (isUnknown(resources)) return report.notYetKnown(resources);
    if (resources === undefined) {
      judge(compute.type, report, (type) => type === 'UNMANAGED', 'The compute environment sets no resources.');
      return;
    }
    judge(resources.type, report, (type) => SPOT.includes(type), 'The compute environment is not on Spot.');
    const cap = settings.maxBatchVcpus[environment];
    judge(
      resources.maxVcpus,
      report,
      (most) => typeof most === 'number' && most <= cap,
      `More than ${cap} vCPUs, the cap in ${environment}.`,
    );
  },
});
