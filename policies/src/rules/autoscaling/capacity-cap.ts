import { judge } from '../../judge.ts';
import { ALWAYS } from '../../levels.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

/** Namespaces of Application Auto Scaling whose units are machines or tasks. */
const MACHINES = ['ecs', 'ec2', 'sagemaker', 'elasticmapreduce', 'rds', 'appstream'];

export const capacityCap = defineRule({
  id: 'autoscaling-capacity-cap',
  requirement: 29,
  pack: 'baseline',
  title: 'What scales by itself stops at a cap',
  description: 'Scaling on a metric turns a loop or an attack into machines; the cap is where the bill ends.',
  severity: 'high',
  levels: ALWAYS,
  remediation:
    'Lower maxCapacity, or the maxSize of the group, to the cap of the environment in policies/src/settings.ts.',
  source: {
    controls: [],
    url: 'https://docs.aws.amazon.com/autoscaling/application/userguide/what-is-application-auto-scaling.html',
  },
  types: ['aws:appautoscaling/target:Target', 'aws:autoscaling/group:Group'],
  check(scaled, report, { environment, settings }) {
    const cap = settings.maxScalingCapacity[environment];
    const within = (most: unknown) => typeof most === 'number' && most <= cap;
    const words = `It may grow beyond ${cap}, the cap in ${environment}.`;
    if ('maxSize' in scaled) return judge(scaled.maxSize, report, within, words);
    if (!('serviceNamespace' in scaled)) return report.violation('It says no maximum.');
    const { serviceNamespace: service } = scaled;
    if (isUnknown(service)) report.notYetKnown(service);
    else if (MACHINES.includes(service)) judge(scaled.maxCapacity, report, within, words);
  },
});
