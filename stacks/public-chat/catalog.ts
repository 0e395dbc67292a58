import type { CatalogModel } from '@plinth/contracts';
import type { Guardrail, InferenceProfile } from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import type { ModelSettings, PublicChatConfig } from './config.ts';
import { profileIn } from './regions.ts';

/** A model of the configuration, and the application profile it is reached by. */
export interface DeployedModel {
  readonly settings: ModelSettings;
  readonly profile: InferenceProfile;
}

/** The models as they are reached, and paid for, in one Region. */
export function modelsIn({ models }: PublicChatConfig, region: string): ModelSettings[] {
  return models.map((model) => ({ ...model, ...profileIn(model, region) }));
}

/** The catalog the chat service reads: settings as configured, targets as deployed, the guardrail pinned to its version. */
export function catalogJson(models: readonly DeployedModel[], guardrail: Guardrail): pulumi.Output<string> {
  const entries = models.map(({ settings, profile }): CatalogEntry => {
    const { systemProfile: _profile, regions: _regions, furtherProfiles: _further, ...model } = settings;
    return {
      ...model,
      target: {
        kind: 'bedrock',
        modelId: profile.arn,
        api: 'converse',
        guardrail: { id: guardrail.guardrailId, version: guardrail.version },
      },
    };
  });
  return pulumi.jsonStringify(entries);
}

/** A catalog model some of whose values AWS has yet to give. */
type CatalogEntry = Omit<CatalogModel, 'target'> & {
  readonly target: {
    readonly kind: 'bedrock';
    readonly modelId: pulumi.Input<string>;
    readonly api: 'converse';
    readonly guardrail: { readonly id: pulumi.Input<string>; readonly version: pulumi.Input<string> };
  };
};
