import { ADVISE_IN_DEV } from '../../levels.ts';
import { bedrockGuide } from '../../links.ts';
import { defineStackRule } from '../../rule.ts';
import type { StackView } from '../../stack-view.ts';
import { catalogueOf } from '../../chat-front.ts';
import { isUnknown, type Unknown } from '../../unknown.ts';

/** What must be watched, and the metric names that watch it, whether AWS's own or a service's. */
const WATCHED: readonly { what: string; metric: RegExp }[] = [
  { what: 'throttling', metric: /throttl/i },
  { what: 'token use', metric: /token/i },
  { what: 'guardrail blocks', metric: /intervened|guard|blocked/i },
  { what: 'errors', metric: /error|fault|5xx/i },
];

const MODEL_TYPES = [
  'aws:bedrock/inferenceProfile:InferenceProfile',
  'aws:bedrock/agentAgent:AgentAgent',
  'aws:sagemaker/endpoint:Endpoint',
];

export const modelAlarms = defineStackRule({
  id: 'cloudwatch-model-alarms',
  requirement: 45,
  pack: 'genai',
  title: 'Stacks with a model have alarms on throttling, tokens, guardrail blocks and errors',
  description: 'Each of the four is how one kind of trouble shows first: quota, cost, abuse, failure.',
  severity: 'medium',
  levels: ADVISE_IN_DEV,
  remediation: 'Add an aws.cloudwatch.MetricAlarm on the missing metric.',
  source: { controls: ['FMI-18'], url: bedrockGuide('monitoring') },
  check(stack, report) {
    if (!callsModels(stack)) return;
    const alarms = stack.ofType('aws:cloudwatch/metricAlarm:MetricAlarm');
    const names: string[] = [];
    const unknowns: Unknown[] = [];
    const hear = (name: string | Unknown | undefined) => {
      if (isUnknown(name)) unknowns.push(name);
      else if (name !== undefined) names.push(name);
    };
    for (const { props } of alarms) {
      hear(props.metricName);
      const { metricQueries } = props;
      if (isUnknown(metricQueries)) hear(metricQueries);
      else
        for (const query of metricQueries ?? []) {
          const metric = isUnknown(query) ? query : query.metric;
          hear(isUnknown(metric) ? metric : metric?.metricName);
        }
    }
    const missing = WATCHED.filter(({ metric }) => !names.some((name) => metric.test(name)));
    if (missing.length > 0 && unknowns[0] !== undefined) return report.notYetKnown(unknowns[0]);
    for (const { what } of missing) report.violation(`No alarm watches ${what}.`);
  },
});

function callsModels(stack: StackView): boolean {
  return (
    stack.has(...MODEL_TYPES) ||
    stack.ofType('aws:lambda/function:Function').some(({ props }) => catalogueOf(props).kind === 'models')
  );
}
