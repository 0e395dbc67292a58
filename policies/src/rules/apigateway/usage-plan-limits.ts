import { judge } from '../../judge.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

export const usagePlanLimits = defineRule({
  id: 'apigateway-usage-plan-limits',
  requirement: 44,
  pack: 'genai',
  title: 'Usage plans throttle and have a quota',
  description: 'The plan is the outermost limit on what one client can spend, and holds even when the service is down.',
  severity: 'medium',
  levels: ADVISE_IN_DEV,
  remediation: 'Set throttleSettings (rateLimit and burstLimit) and quotaSettings.',
  source: {
    controls: [],
    url: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html',
  },
  types: ['aws:apigateway/usagePlan:UsagePlan'],
  check(plan, report) {
    const throttle = plan.throttleSettings;
    if (isUnknown(throttle)) report.notYetKnown(throttle);
    else
      for (const limit of ['rateLimit', 'burstLimit'] as const)
        judge(throttle?.[limit], report, (value) => value !== undefined && value > 0, `The plan has no ${limit}.`);
    const quota = plan.quotaSettings;
    if (isUnknown(quota)) report.notYetKnown(quota);
    else judge(quota?.limit, report, (limit) => limit !== undefined && limit > 0, 'The plan has no quota.');
  },
});
