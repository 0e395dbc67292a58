import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { Embedder } from '../../ports/embedder.ts';
import { awsFailure } from '../aws-failure.ts';
import { inBatches } from '../in-batches.ts';
import { unitVectors } from '../unit-vectors.ts';

const BATCH = 32;
const AT_ONCE = 4;
const TIMEOUT_MS = 60_000;
const WHAT = 'The embedding endpoint on SageMaker';

export interface SageMakerEmbedderOptions {
  readonly client: Pick<SageMakerRuntimeClient, 'send'>;
  readonly endpointName: string;
  /** The name the container knows the model by, and the index records. */
  readonly modelId: string;
  readonly dimensions: number;
  /** @default 512 */
  readonly maxTokens?: number;
}

/** A container behind a SageMaker endpoint that takes OpenAI's body of `/v1/embeddings`: vLLM, Text Embeddings Inference. */
export function createSageMakerEmbedder(options: SageMakerEmbedderOptions): Embedder {
  const { modelId, dimensions, maxTokens = 512 } = options;
  return {
    model: modelId,
    dimensions,
    maxTokens,
    embed: (texts, _role, { signal }) =>
      inBatches(texts, { size: BATCH, atOnce: AT_ONCE }, async (batch) => {
        const data = await invoke(options, batch, signal);
        return unitVectors(
          data.map(({ embedding }) => embedding),
          { texts: batch.length, dimensions },
        );
      }),
  };
}

async function invoke(
  { client, endpointName, modelId }: SageMakerEmbedderOptions,
  input: readonly string[],
  signal: AbortSignal,
): Promise<readonly { embedding: unknown }[]> {
  try {
    const { InvokeEndpointCommand } = await import('@aws-sdk/client-sagemaker-runtime');
    const command = new InvokeEndpointCommand({
      EndpointName: endpointName,
      ContentType: 'application/json',
      Accept: 'application/json',
      Body: Buffer.from(JSON.stringify({ model: modelId, input, encoding_format: 'float' })),
    });
    const answer = await client.send(command, {
      abortSignal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const { data } = JSON.parse(Buffer.from(answer.Body ?? []).toString('utf8')) as { data?: { embedding: unknown }[] };
    return data ?? [];
  } catch (error) {
    throw awsFailure(error, WHAT, signal);
  }
}
