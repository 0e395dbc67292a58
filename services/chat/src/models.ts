import type { CatalogModel } from '@plinth/contracts';
import type { ModelClient } from '@plinth/models';
import { createBedrockModel, createBedrockRuntime } from '@plinth/models/bedrock';

export interface BedrockPlace {
  readonly region: string;
  /** Another endpoint that speaks the protocol; absent means AWS itself. */
  readonly endpoint?: string;
}

/** A catalog model as a client. `openai` is given where the front may reach OpenAI-compatible servers. */
export function modelOpener(
  bedrock: BedrockPlace,
  openai?: (model: CatalogModel) => ModelClient,
): (model: CatalogModel) => ModelClient {
  const client = createBedrockRuntime(bedrock);
  return (model) =>
    model.target.kind === 'openai' && openai !== undefined ? openai(model) : createBedrockModel(model, { client });
}
