import { judge } from '../../judge.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { bedrockGuide } from '../../links.ts';
import { defineStackRule, type PropsOf, type Report } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

/** What a stack holds when its answers come from documents. */
const RETRIEVAL = [
  'aws:bedrock/agentKnowledgeBase:AgentKnowledgeBase',
  'aws:s3/vectorsIndex:VectorsIndex',
  'aws:opensearch/serverlessCollection:ServerlessCollection',
];
const FILTERS = ['GROUNDING', 'RELEVANCE'];

export const guardrailGrounding = defineStackRule({
  id: 'bedrock-guardrail-grounding',
  requirement: 37,
  pack: 'genai',
  title: 'Guardrails of stacks that answer from documents check grounding and relevance',
  description:
    'People trust an answer with sources. Without the check a model invents beside them, and nobody notices.',
  severity: 'high',
  levels: ADVISE_IN_DEV,
  remediation: 'Add GROUNDING and RELEVANCE with thresholds above 0 to contextualGroundingPolicyConfig.filtersConfigs.',
  source: { controls: ['FMI-15'], url: bedrockGuide('guardrails-contextual-grounding-check') },
  check(stack, report) {
    const guardrails = stack.ofType('aws:bedrock/guardrail:Guardrail');
    const retrieves = stack.has(...RETRIEVAL);
    // A PostgreSQL cluster beside a guardrail is a pgvector index; alone it may be any database.
    const engines = stack.ofType('aws:rds/cluster:Cluster').map(({ props }) => props.engine);
    const mayRetrieve = engines.find(isUnknown);
    if (!retrieves && !engines.some((engine) => typeof engine === 'string' && engine.includes('postgresql'))) {
      if (mayRetrieve !== undefined && guardrails.length > 0) report.notYetKnown(mayRetrieve);
      return;
    }
    if (retrieves && guardrails.length === 0)
      report.violation('The stack answers from documents, and no guardrail of it checks grounding.');
    for (const { props, urn } of guardrails) judgeGrounding(props, report, urn);
  },
});

function judgeGrounding(guardrail: PropsOf<'aws:bedrock/guardrail:Guardrail'>, report: Report, urn: string): void {
  const policy = guardrail.contextualGroundingPolicyConfig;
  if (isUnknown(policy)) return report.notYetKnown(policy, urn);
  const configs = policy?.filtersConfigs;
  if (isUnknown(configs)) return report.notYetKnown(configs, urn);
  const unknown = configs?.map((config) => (isUnknown(config) ? config : config.type)).find(isUnknown);
  for (const type of FILTERS) {
    const filter = configs?.find((config) => !isUnknown(config) && config.type === type);
    if (filter !== undefined && !isUnknown(filter))
      judge(
        filter.threshold,
        report,
        (threshold) => typeof threshold === 'number' && threshold > 0,
        `The ${type} check lets everything pass.`,
        urn,
      );
    else if (unknown === undefined) report.violation(`The guardrail does not check ${type}.`, urn);
  }
  if (unknown !== undefined) report.notYetKnown(unknown, urn);
}
