import type {
  BedrockAgentRuntimeClient,
  RerankCommandInput,
  RerankResult,
} from '@aws-sdk/client-bedrock-agent-runtime';
import { PlatformError } from '@plinth/contracts';
import { callAws } from '../../aws/call.ts';
import type { Reranker } from '../../ports/reranker.ts';

/** Bounds of a call: passages, and UTF-16 code units of the question and of each passage. Source: Amazon Bedrock API reference, Rerank. */
const MOST_PASSAGES = 1_000;
const MOST_CHARACTERS = 32_000;
const TIMEOUT_MS = 10_000;

export interface BedrockRerankerOptions {
  readonly client: () => Promise<Pick<BedrockAgentRuntimeClient, 'send'>>;
  /** Of a foundation model, such as `arn:aws:bedrock:us-west-2::foundation-model/amazon.rerank-v1:0`. */
  readonly modelArn: string;
  /** Longest a call may take, milliseconds. @default 10_000 */
  readonly timeoutMs?: number;
}

/** Amazon Rerank and Cohere Rerank, by Bedrock's Rerank. Scores are 0 to 1. Long passages are judged by their beginning. */
export function createBedrockReranker(options: BedrockRerankerOptions): Reranker {
  const { modelArn } = options;
  return {
    model: modelArn.slice(modelArn.lastIndexOf('/') + 1),
    async score(query, passages, { signal }) {
      if (passages.length === 0) return [];
      if (passages.length > MOST_PASSAGES)
        throw new PlatformError('invalid_request', `At most ${MOST_PASSAGES} passages are judged at once.`);
      return scoresOf(await rerank(options, requestFor(modelArn, query, passages), signal), passages.length);
    },
  };
}

function requestFor(modelArn: string, query: string, passages: readonly string[]): RerankCommandInput {
  // The service takes no empty text.
  const bounded = (text: string) => ({ text: text.slice(0, MOST_CHARACTERS) || ' ' });
  return {
    queries: [{ type: 'TEXT', textQuery: bounded(query) }],
    sources: passages.map((text) => ({
      type: 'INLINE',
      inlineDocumentSource: { type: 'TEXT', textDocument: bounded(text) },
    })),
    rerankingConfiguration: {
      type: 'BEDROCK_RERANKING_MODEL',
      bedrockRerankingConfiguration: { modelConfiguration: { modelArn }, numberOfResults: passages.length },
    },
  };
}

async function rerank(
  { client, timeoutMs = TIMEOUT_MS }: BedrockRerankerOptions,
  request: RerankCommandInput,
  signal: AbortSignal,
): Promise<readonly RerankResult[]> {
  const { RerankCommand } = await import('@aws-sdk/client-bedrock-agent-runtime');
  return callAws({ what: 'The reranker on Bedrock', signal, timeoutMs }, async (abortSignal) => {
    const wanted = request.sources?.length ?? 0;
    const results: RerankResult[] = [];
    for (let nextToken: string | undefined; ;) {
      const answer = await (await client()).send(new RerankCommand({ ...request, nextToken }), { abortSignal });
      results.push(...(answer.results ?? []));
      nextToken = answer.nextToken;
      // A page without results would never come to an end.
      if (nextToken === undefined || results.length >= wanted || !answer.results?.length) return results;
    }
  });
}

/** One score per passage, in the passages' order: results come best first. */
function scoresOf(results: readonly RerankResult[], passages: number): readonly number[] {
  const scores = new Map(results.map(({ index, relevanceScore }) => [index, relevanceScore]));
  return Array.from({ length: passages }, (_, index) => {
    const score = scores.get(index);
    if (score !== undefined && Number.isFinite(score)) return score;
    throw new PlatformError(
      'upstream_failed',
      `The reranker judged ${scores.size} of ${passages} passages. Check which model is configured.`,
    );
  });
}
