import { fuse, fuseWithFeedback, HybridRetriever, type Fusion, type RetrievalMethod } from '@plinth/retrieval';
import { MODEL, READER, type OpenIndex } from './open-index.ts';

/** What is measured side by side: the product's retriever, asked in each way. */
const WAYS = {
  'lexical (BM25)': { method: 'lexical' },
  'dense (MiniLM)': { method: 'dense' },
  'reciprocal rank fusion': { method: 'hybrid', fusion: fuse },
  'default: fusion with feedback': { method: 'hybrid', fusion: fuseWithFeedback },
} as const satisfies Record<string, { method: RetrievalMethod; fusion?: Fusion }>;
export type RowName = keyof typeof WAYS;
export const ROWS = Object.keys(WAYS) as RowName[];

const DEPTH = 100;
const { signal } = new AbortController();

/** Documents for a question, best first. @param vector Of the question, embedded before the clock runs. */
export async function searchRow(
  row: RowName,
  { database }: OpenIndex,
  question: string,
  vector: Float32Array,
): Promise<string[]> {
  const { method, ...options }: { method: RetrievalMethod; fusion?: Fusion } = WAYS[row];
  const embedder = { model: MODEL, dimensions: vector.length, maxTokens: 256, embed: () => Promise.resolve([vector]) };
  const retriever = new HybridRetriever({ database, embedder, ...options });
  const { passages } = await retriever.retrieve({ text: question, reader: READER, limit: DEPTH, method }, { signal });
  return passages.map(({ passage }) => passage.documentId);
}
