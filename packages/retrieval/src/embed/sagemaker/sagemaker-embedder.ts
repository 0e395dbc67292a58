import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { callAws } from '../../aws/call.ts';
import type { Embedder } from '../../ports/embedder.ts';
import { inBatches } from '../in-batches.ts';
import { embeddingsOf } from '../openai/embedding-data.ts';
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
  /** Longest a call may take, milliseconds. @default 60_000 */
  readonly timeoutMs?: number;
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
        return unitVectors(await invoke(options, batch, signal), { texts: batch.length, dimensions });
      }),
  };
}

async function invoke(
  { client, endpointName, modelId, timeoutMs = TIMEOUT_MS }: SageMakerEmbedderOptions,
  input: readonly string[],
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const { InvokeEndpointCommand } = await import('@aws-sdk/client-sagemaker-runtime');
  const command = new InvokeEndpointCommand({
    EndpointName: endpointName,
    ContentType: 'application/json',
    Accept: 'application/json',
    Body: Buffer.from(JSON.stringify({ model: modelId, input, encoding_format: 'float' })),
  });
  return callAws({ what: WHAT, signal, timeoutMs }, async (abortSignal) => {
    const answer = await client.send(command, { abortSignal });
    return embeddingsOf(JSON.parse(Buffer.from(answer.Body ?? []).toString('utf8'))) ?? [];
  });
}
