import { PlatformError, type CatalogModel, type ModelTarget } from '@plinth/contracts';

export type BedrockTarget = Extract<ModelTarget, { kind: 'bedrock' }>;

/** The Bedrock target of a catalog model; throws `configuration` when it has another. */
export function bedrockTarget(model: CatalogModel): BedrockTarget {
  if (model.target.kind === 'bedrock') return model.target;
  throw new PlatformError(
    'configuration',
    `Model "${model.id}" has a ${model.target.kind} target, not bedrock. Build it with the adapter of that kind.`,
  );
}
