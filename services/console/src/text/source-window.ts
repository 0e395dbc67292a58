import type { SourceBlock } from '../api/rag/source-text.ts';

/** A run of a document's text, and whether it is the quote. */
export interface SourceRun {
  text: string;
  quoted: boolean;
}

export interface ShownBlock extends SourceBlock {
  runs: readonly SourceRun[];
}

export interface Quote {
  start: number;
  end: number;
}

/** The text cut into its blocks. What stands between blocks is white space, unless the service named none: then it is one block. */
export function blocksOf(text: string, blocks: readonly SourceBlock[]): readonly SourceBlock[] {
  if (blocks.length > 0 || text === '') return blocks;
  return [{ kind: 'paragraph', level: undefined, start: 0, end: text.length, page: undefined }];
}

/**
 * The blocks within `reach` UTF-16 units of the quote, or of the start where there is none: a book is not drawn whole to show a sentence of it.
 */
export function blocksAround(
  blocks: readonly SourceBlock[],
  quote: Quote | undefined,
  reach: { before: number; after: number },
) {
  const from = (quote?.start ?? 0) - reach.before;
  const to = (quote?.end ?? 0) + reach.after;
  const first = blocks.findIndex(({ end }) => end > from);
  if (first === -1) return { shown: [], before: false, after: false };
  let last = blocks.length;
  while (last > first + 1 && (blocks[last - 1]?.start ?? 0) >= to) last -= 1;
  return { shown: blocks.slice(first, last), before: first > 0, after: last < blocks.length };
}

/** A block's text, cut where the quote starts and ends. */
export function runsOf(text: string, { start, end }: SourceBlock, quote: Quote | undefined): SourceRun[] {
  const from = Math.min(end, Math.max(start, quote?.start ?? end));
  const to = Math.min(end, Math.max(from, quote?.end ?? end));
  return [
    { text: text.slice(start, from), quoted: false },
    { text: text.slice(from, to), quoted: true },
    { text: text.slice(to, end), quoted: false },
  ].filter((run) => run.text !== '');
}

/** Headings above a place, outermost first. */
export function headingPathAt(text: string, blocks: readonly SourceBlock[], place: number): string[] {
  const path: { level: number; title: string }[] = [];
  for (const { kind, level = 1, start, end } of blocks) {
    if (start > place) break;
    if (kind !== 'heading') continue;
    while (path.length > 0 && (path.at(-1)?.level ?? 0) >= level) path.pop();
    path.push({ level, title: text.slice(start, end).trim() });
  }
  return path.map(({ title }) => title);
}

export function pageAt(blocks: readonly SourceBlock[], place: number): number | undefined {
  return blocks.find(({ end }) => end > place)?.page;
}
