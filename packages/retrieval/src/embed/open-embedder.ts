import type { EmbeddingTarget } from '@plinth/contracts';
import type { Embedder } from '../ports/embedder.ts';
import { createBedrockEmbedder, type BedrockEmbedderOptions } from './bedrock/bedrock-embedder.ts';
import { createSageMakerEmbedder, type SageMakerEmbedderOptions } from './sagemaker/sagemaker-embedder.ts';

/** The embedder that an environment names. Only the client that it needs is opened. */
export async function openEmbedder(
  target: EmbeddingTarget,
  clients: {
    readonly bedrock: () => Promise<BedrockEmbedderOptions['client']>;
    readonly sagemaker: () => Promise<SageMakerEmbedderOptions['client']>;
  },
): Promise<Embedder> {
  if (target.kind === 'bedrock') return createBedrockEmbedder({ ...target, client: await clients.bedrock() });
  return createSageMakerEmbedder({ ...target, client: await clients.sagemaker() });
}
