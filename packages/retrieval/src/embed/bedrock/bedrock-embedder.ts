import { PlatformError } from '@plinth/contracts';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { callAws } from '../../aws/call.ts';
import type { Embedder, EmbeddingRole } from '../../ports/embedder.ts';
import { inBatches } from '../in-batches.ts';
import { unitVectors } from '../unit-vectors.ts';

const TIMEOUT_MS = 60_000;
const WHAT = 'The embedding model on Bedrock';

export interface BedrockEmbedderOptions {
  readonly client: Pick<BedrockRuntimeClient, 'send'>;
  /** Model id or inference-profile id; the index records it. */
  readonly modelId: string;
  readonly dimensions: number;
  /** Longest a call may take, milliseconds. @default 60_000 */
  readonly timeoutMs?: number;
}

/** How a family of models is asked: its body, and where the vectors are in its answer. Source: Amazon Bedrock user guide, model parameters. */
interface Family {
  readonly batch: number;
  readonly atOnce: number;
  readonly maxTokens: number;
  body(texts: readonly string[], role: EmbeddingRole, dimensions: number): object;
  vectors(answer: Record<string, unknown>): readonly unknown[];
}

/** Titan takes one text a call. */
const TITAN: Family = {
  batch: 1,
  atOnce: 8,
  maxTokens: 8_192,
  body: ([inputText], _role, dimensions) => ({ inputText, dimensions, normalize: true }),
  vectors: ({ embedding }) => [embedding],
};

const COHERE: Family = {
  batch: 96,
  atOnce: 4,
  maxTokens: 512,
  body: (texts, role) => ({
    texts,
    input_type: role === 'query' ? 'search_query' : 'search_document',
    embedding_types: ['float'],
    truncate: 'END',
  }),
  vectors: ({ embeddings }) => (embeddings as { float?: unknown[] } | undefined)?.float ?? [],
};

/** Titan Text Embeddings V2 and Cohere Embed, by InvokeModel. Throws `configuration` for a model of another family. */
export function createBedrockEmbedder(options: BedrockEmbedderOptions): Embedder {
  const { modelId, dimensions } = options;
  const family = familyOf(modelId);
  return {
    model: modelId,
    dimensions,
    maxTokens: family.maxTokens,
    embed: (texts, role, { signal }) =>
      inBatches(texts, { size: family.batch, atOnce: family.atOnce }, async (batch) => {
        const answer = await invoke(options, family.body(batch, role, dimensions), signal);
        return unitVectors(family.vectors(answer), { texts: batch.length, dimensions });
      }),
  };
}

function familyOf(modelId: string): Family {
  if (modelId.includes('titan-embed-text-v2')) return TITAN;
  if (modelId.includes('cohere.embed')) return COHERE;
  throw new PlatformError(
    'configuration',
    `There is no way to embed by "${modelId}". Use Titan Text Embeddings V2 or Cohere Embed.`,
  );
}

async function invoke(
  { client, modelId, timeoutMs = TIMEOUT_MS }: BedrockEmbedderOptions,
  body: object,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const { InvokeModelCommand } = await import('@aws-sdk/client-bedrock-runtime');
  const command = new InvokeModelCommand({
    modelId,
    contentType: 'application/json',
    accept: 'application/json',
    body: JSON.stringify(body),
  });
  return callAws({ what: WHAT, signal, timeoutMs }, async (abortSignal) => {
    const answer = await client.send(command, { abortSignal });
    return (JSON.parse(Buffer.from(answer.body).toString('utf8')) ?? {}) as Record<string, unknown>;
  });
}
