import type { Context } from 'hono';
import * as z from 'zod';
import { PlatformError } from '@plinth/contracts';
import { check, parseJson } from '../http/read-json.ts';
import { requestAbort } from '../http/stream-response.ts';
import { ModelDirectory } from './model-directory.ts';
import type { BedrockServices } from './services.ts';

/** Model ids that rerank here, whatever the embedding model is called. */
const MODELS = new ModelDirectory('amazon.rerank-v1:0', ['cohere.rerank-v3-5:0']);

const textDocument = z.object({ text: z.string().min(1).max(32_000) });
const RerankRequest = z.object({
  queries: z.array(z.object({ type: z.literal('TEXT'), textQuery: textDocument })).length(1),
  sources: z
    .array(
      z.object({
        type: z.literal('INLINE'),
        inlineDocumentSource: z.object({ type: z.literal('TEXT'), textDocument }),
      }),
    )
    .min(1)
    .max(1_000),
  rerankingConfiguration: z.object({
    type: z.literal('BEDROCK_RERANKING_MODEL'),
    bedrockRerankingConfiguration: z.object({
      modelConfiguration: z.object({ modelArn: z.string().min(1).max(2_048) }),
      numberOfResults: z.int().min(1).max(1_000).optional(),
    }),
  }),
});

/**
 * POST /rerank, of Bedrock's agent runtime. The protocol is real and the judgement is not a cross-encoder's: no weights of one are at hand, so a
 * source scores by how near the embedding model puts it to the query, from 0 to 1.
 */
export async function rerank(c: Context, { embedding }: BedrockServices): Promise<Response> {
  const request = check(RerankRequest, parseJson(new Uint8Array(await c.req.arrayBuffer())));
  const { modelConfiguration, numberOfResults } = request.rerankingConfiguration.bedrockRerankingConfiguration;
  MODELS.assertServed(modelConfiguration.modelArn);
  if (embedding === undefined)
    throw new PlatformError('model_not_found', 'This server has no embedding model to rerank by.');
  const query = request.queries[0]?.textQuery.text ?? '';
  const texts = request.sources.map(({ inlineDocumentSource }) => inlineDocumentSource.textDocument.text);
  const { vectors } = await embedding.engine.embed([query, ...texts], requestAbort(c.req.raw).signal);
  const [asked, ...found] = vectors;
  const results = found
    .map((vector, index) => ({ index, relevanceScore: (1 + dot(asked!, vector)) / 2 }))
    .sort((a, b) => b.relevanceScore - a.relevanceScore || a.index - b.index);
  return c.json({ results: results.slice(0, numberOfResults) });
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
}
