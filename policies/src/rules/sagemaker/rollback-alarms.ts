import { ADVISE_IN_DEV } from '../../levels.ts';
import { listAt } from '../../read.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

export const rollbackAlarms = defineRule({
  id: 'sagemaker-rollback-alarms',
  requirement: 30,
  pack: 'baseline',
  title: 'Endpoints roll back by themselves when an alarm sounds',
  description: 'A new model or container fails under real requests first; the way back must not wait for a person.',
  severity: 'medium',
  levels: ADVISE_IN_DEV,
  remediation: 'Name alarms in deploymentConfig.autoRollbackConfiguration.alarms.',
  source: {
    controls: [],
    url: 'https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html',
  },
  types: ['aws:sagemaker/endpoint:Endpoint'],
  check(endpoint, report) {
    const alarms = listAt(endpoint, 'deploymentConfig', 'autoRollbackConfiguration', 'alarms');
    // An alarm whose name comes later is an alarm.
    if (isUnknown(alarms)) report.notYetKnown(alarms);
    else if (alarms.length === 0) report.violation('No alarm rolls a bad deployment back.');
  },
});
