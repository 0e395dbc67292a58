import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { guardrailGrounding } from './guardrail-grounding.ts';
import { provisionedThroughputCap } from './provisioned-throughput-cap.ts';

describeRule(provisionedThroughputCap, {
  passes: {
    'within the cap': { modelUnits: 4 },
    'a commitment in production': { modelUnits: 1, commitmentDuration: 'SixMonths' },
  },
  fails: {
    'beyond the cap': { given: { modelUnits: 5 }, says: /More than 4 model units/ },
    'a commitment in staging': {
      given: { modelUnits: 1, commitmentDuration: 'OneMonth' },
      says: /cannot be given back/,
      environment: 'staging',
    },
  },
  missing: { fails: { 'no units': { given: {}, says: /More than 4/ } } },
  unknown: { 'the units': { modelUnits: UNKNOWN } },
});

const check = (type: unknown, threshold: unknown = 0.7) => ({ type, threshold });
const guardrail = (...filtersConfigs: unknown[]) =>
  sample('aws:bedrock/guardrail:Guardrail', { contextualGroundingPolicyConfig: { filtersConfigs } } as object);
const policy = (contextualGroundingPolicyConfig: unknown) =>
  sample('aws:bedrock/guardrail:Guardrail', { contextualGroundingPolicyConfig } as object);
const knowledge = {
  ...guardrail(),
  type: 'aws:bedrock/agentKnowledgeBase:AgentKnowledgeBase',
  urn: 'urn:knowledge',
  props: {},
};
const cluster = (engine: unknown) => sample('aws:rds/cluster:Cluster', { engine } as object);
const GOOD = guardrail(check('GROUNDING'), check('RELEVANCE'));

describeRule(guardrailGrounding, {
  passes: {
    'both checks beside a knowledge base': [knowledge, GOOD],
    'both checks beside pgvector': [cluster('aurora-postgresql'), GOOD],
    'no checks where nothing is retrieved': [guardrail()],
    'a database of another kind': [cluster('aurora-mysql'), guardrail()],
    'a database without a guardrail': [cluster('aurora-postgresql')],
  },
  fails: {
    'a check that lets all pass': {
      given: [knowledge, guardrail(check('GROUNDING', 0), check('RELEVANCE'))],
      says: /GROUNDING check lets everything pass/,
    },
    'one check beside pgvector': {
      given: [cluster('aurora-postgresql'), guardrail(check('GROUNDING'))],
      says: /does not check RELEVANCE/,
    },
  },
  missing: {
    fails: {
      'no checks': { given: [knowledge, policy(undefined)], says: /GROUNDING[\s\S]*RELEVANCE/ },
      'no guardrail': { given: [knowledge], says: /no guardrail of it/ },
    },
  },
  unknown: {
    'the policy': [knowledge, policy(UNKNOWN)],
    'the checks': [knowledge, policy({ filtersConfigs: UNKNOWN })],
    'a check that may be the missing one': [knowledge, guardrail(check('GROUNDING'), UNKNOWN)],
    'a threshold': [knowledge, guardrail(check('GROUNDING', UNKNOWN), check('RELEVANCE'))],
    'the engine of a database': [cluster(UNKNOWN), guardrail()],
  },
});
