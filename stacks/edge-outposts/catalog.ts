import type { CatalogModel } from '@plinth/contracts';
import type { Guardrail, InferenceProfile } from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import type { CentralModel } from './config.ts';
import type { Site } from './site-config.ts';

/** A model of the centre, and the application profile it is reached by. */
export interface DeployedModel {
  readonly settings: CentralModel;
  readonly profile: InferenceProfile;
}

/** The models a site offers: its own first, then those of the centre, which need the link. */
export function catalogJson(
  { model }: Site,
  baseUrl: pulumi.Input<string>,
  central: readonly DeployedModel[],
  guardrail: Guardrail,
): pulumi.Output<string> {
  const own: CatalogEntry = {
    id: model.name,
    target: { kind: 'openai', baseUrl, modelId: model.name },
    contextTokens: model.contextTokens,
    maxPromptTokens: model.maxPromptTokens,
    maxCompletionTokens: model.maxCompletionTokens,
    contextPolicy: 'truncate',
    features: [],
    // Capacity of the site is paid whether it is used or not.
    price: { input: 0, output: 0 },
    local: true,
    ownedBy: 'site',
  };
  const others = central.map(({ settings, profile }): CatalogEntry => {
    const { systemProfile: _profile, regions: _regions, ...entry } = settings;
    return {
      ...entry,
      target: {
        kind: 'bedrock',
        modelId: profile.arn,
        api: 'converse',
        guardrail: { id: guardrail.guardrailId, version: guardrail.version },
      },
    };
  });
  return pulumi.jsonStringify([own, ...others]);
}

/** A catalog model some of whose values AWS has yet to give. */
type CatalogEntry = Omit<CatalogModel, 'target'> & {
  readonly target:
    | { readonly kind: 'openai'; readonly baseUrl: pulumi.Input<string>; readonly modelId: string }
    | {
        readonly kind: 'bedrock';
        readonly modelId: pulumi.Input<string>;
        readonly api: 'converse';
        readonly guardrail: { readonly id: pulumi.Input<string>; readonly version: pulumi.Input<string> };
      };
};
