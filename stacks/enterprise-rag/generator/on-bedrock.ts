import { InferenceProfile, watchBedrock } from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import type { EnterpriseRagConfig } from '../config.ts';
import type { BedrockInference } from '../settings/inference.ts';
import type { Generator, GeneratorParts } from './generator.ts';

/** A model Bedrock serves, through our tagged profile and the VPC endpoint, with the guardrail demanded by IAM. */
export function bedrockGenerator(
  { generator, alarmTokensPerHour }: EnterpriseRagConfig,
  { systemProfile, regions }: BedrockInference,
  { placement, guardrail }: GeneratorParts,
  opts: pulumi.ComponentResourceOptions,
): Generator {
  const profile = new InferenceProfile(generator.id, { placement, systemProfile, regions }, opts);
  return {
    target: {
      kind: 'bedrock',
      modelId: profile.arn,
      api: 'converse',
      guardrail: { id: guardrail.guardrailId, version: guardrail.version },
    },
    statements: profile.grantInvoke({ guardrail }),
    watches: [watchBedrock({ tokensPerHour: alarmTokensPerHour })],
    alarmArns: pulumi.output<string[]>([]),
    endpointName: null,
    registry: null,
  };
}
