import { judge, judgeCustomerKey } from '../../judge.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { CHECKOV } from '../../links.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

export const agentSafeguards = defineRule({
  id: 'bedrock-agent-safeguards',
  requirement: 41,
  pack: 'genai',
  title: 'Agents have a pinned guardrail, a customer-managed key and a short idle time',
  description: 'An agent acts on what it reads: it needs at least the guard that a chat has.',
  severity: 'high',
  levels: ADVISE_IN_DEV,
  remediation:
    'Set guardrailConfigurations with a numbered version, customerEncryptionKeyArn and idleSessionTtlInSeconds.',
  source: { controls: ['CKV_AWS_383', 'CKV_AWS_373'], url: CHECKOV },
  types: ['aws:bedrock/agentAgent:AgentAgent'],
  check(agent, report, { settings }) {
    judgeCustomerKey(agent.customerEncryptionKeyArn, report, 'The agent');
    judge(
      agent.idleSessionTtlInSeconds,
      report,
      (seconds) => seconds === undefined || seconds <= settings.maxIdleSessionSeconds, // Bedrock's own default is 600
      `Idle sessions are kept longer than ${settings.maxIdleSessionSeconds} seconds.`,
    );
    const guardrails = agent.guardrailConfigurations;
    if (isUnknown(guardrails)) return report.notYetKnown(guardrails);
    const [guardrail] = guardrails ?? [];
    if (guardrail === undefined) return report.violation('The agent has no guardrail.');
    if (isUnknown(guardrail)) return report.notYetKnown(guardrail);
    const version = guardrail.guardrailVersion;
    if (isUnknown(version) && version.isOutputOf('aws:bedrock/guardrailVersion:GuardrailVersion')) return;
    judge(version, report, (known) => known !== 'DRAFT' && known !== '', 'The agent uses the DRAFT of its guardrail.');
  },
});
