import * as aws from '@pulumi/aws';
import { program } from '../program.ts';

const KEY = 'arn:aws:kms:us-east-1:123456789012:key/data';
const FILTERS = ['SEXUAL', 'VIOLENCE', 'HATE', 'INSULTS', 'MISCONDUCT', 'PROMPT_ATTACK'];

const guardrail = (changes: Partial<aws.bedrock.GuardrailArgs>) =>
  new aws.bedrock.Guardrail('chat', {
    blockedInputMessaging: 'No.',
    blockedOutputsMessaging: 'No.',
    name: 'chat',
    ...changes,
  });

export const programs = [
  program('a guardrail that lets prompt attacks through', ['bedrock-guardrail-content-filters'], (sound) =>
    guardrail({
      contentPolicyConfig: {
        filtersConfigs: FILTERS.filter((type) => sound || type !== 'PROMPT_ATTACK').map((type) => ({
          type,
          inputStrength: 'HIGH',
          outputStrength: type === 'PROMPT_ATTACK' ? 'NONE' : 'HIGH',
        })),
      },
    }),
  ),
  program('a guardrail that lets personal data through', ['bedrock-guardrail-privacy'], (sound) =>
    guardrail({
      kmsKeyArn: KEY,
      sensitiveInformationPolicyConfig: {
        piiEntitiesConfigs: [{ type: 'EMAIL', action: sound ? 'ANONYMIZE' : 'NONE' }],
      },
    }),
  ),
  program('answers from documents that nobody checks', ['bedrock-guardrail-grounding'], (sound) => {
    new aws.bedrock.AgentKnowledgeBase('documents', {
      roleArn: 'arn:aws:iam::123456789012:role/documents',
      knowledgeBaseConfiguration: { type: 'VECTOR' },
    });
    const filtersConfigs = ['GROUNDING', 'RELEVANCE'].map((type) => ({ type, threshold: 0.7 }));
    guardrail(sound ? { contextualGroundingPolicyConfig: { filtersConfigs } } : {});
  }),
  program('an agent without a guardrail', ['bedrock-agent-safeguards'], (sound) => {
    new aws.bedrock.AgentAgent('helper', {
      agentName: 'helper',
      agentResourceRoleArn: 'arn:aws:iam::123456789012:role/helper',
      foundationModel: 'amazon.nova-lite-v1:0',
      customerEncryptionKeyArn: KEY,
      ...(sound && { guardrailConfigurations: [{ guardrailIdentifier: 'abc', guardrailVersion: '3' }] }),
    });
  }),
  program(
    'a foundation that logs no text',
    ['bedrock-invocation-logging'],
    (sound) => {
      new aws.bedrockmodel.InvocationLoggingConfiguration('invocations', {
        loggingConfig: { textDataDeliveryEnabled: sound, s3Config: { bucketName: 'invocations' } },
      });
    },
    { project: 'plinth-foundation' },
  ),
  program('a model nobody has a record of', ['bedrock-model-record'], (sound) => {
    const model = sound ? 'amazon.nova-lite-v1:0' : 'acme.unread-terms-v1:0';
    new aws.bedrock.InferenceProfile('chat', {
      modelSource: { copyFrom: `arn:aws:bedrock:us-east-1::foundation-model/${model}` },
    });
  }),
  program(
    'a commitment of six months in staging',
    ['bedrock-provisioned-throughput-cap'],
    (sound) => {
      new aws.bedrock.ProvisionedModelThroughput('tuned', {
        modelArn: 'arn:aws:bedrock:us-east-1:123456789012:custom-model/tuned',
        modelUnits: 1,
        provisionedModelName: 'tuned',
        ...(!sound && { commitmentDuration: 'SixMonths' }),
      });
    },
    { environment: 'staging' },
  ),
];
