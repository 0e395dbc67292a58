/** The vectors of an answer of OpenAI's `/v1/embeddings`, by the index each names; undefined where the answer is no such thing. */
export function embeddingsOf(answer: unknown): readonly unknown[] | undefined {
  const { data } = (answer ?? {}) as { data?: unknown };
  if (!Array.isArray(data)) return undefined;
  return data
    .map((item: { index?: unknown; embedding?: unknown } | null, at) => ({
      index: Number(item?.index ?? at),
      embedding: item?.embedding,
    }))
    .sort((a, b) => a.index - b.index)
    .map(({ embedding }) => embedding);
}
