import type { ScoredPassage } from '../../ports/retriever.ts';
import type { PackedPassage } from '../pack.ts';

/** A passage that was found at `rank`, at `start` of its document. */
export function aFind(
  text: string,
  overrides: Partial<ScoredPassage['passage']> & { rank?: number } = {},
): ScoredPassage {
  const { rank = 1, start = 0, documentId = 'handbook.md', ...rest } = overrides;
  const passage = {
    id: `${documentId}#${rank}`,
    documentId,
    version: 1,
    ordinal: rank - 1,
    title: 'Handbook',
    uri: undefined,
    headingPath: [],
    text,
    start,
    end: start + text.length,
    tokens: Math.ceil(text.length / 4),
    metadata: {},
    ...rest,
  };
  return { passage, fused: { rank, score: 1 / rank } };
}

/** As it is packed where the guard takes nothing out. */
export function packedAs(found: ScoredPassage): PackedPassage {
  const { title, headingPath, text } = found.passage;
  return { found, header: [title, ...headingPath].join(' › '), text, whole: true };
}

/** A guard that lets everything pass but what holds one of these words. */
export function screening(...blocked: readonly string[]) {
  return (texts: readonly string[]) =>
    Promise.resolve(texts.map((text) => ({ text, blocked: blocked.some((word) => text.includes(word)) })));
}
