import { sentencesOf } from '../answer/sentences.ts';
import { embeddedText } from '../index/embedded-text.ts';
import type { Block, Chunk, ParsedDocument } from '../ports/document.ts';

/** Counts tokens as the embedding model does. */
export interface TokenCounter {
  count(text: string): number;
}

export interface ChunkOptions {
  readonly tokens: TokenCounter;
  /** Of what is embedded, headings included. @default 220, for a model that reads 256 */
  readonly maxTokens?: number;
  /** Of the end of a chunk that the next one of the same section begins with, by whole sentences. @default 40 */
  readonly overlapTokens?: number;
}

/** A piece of text that is not cut any further. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly tokens: number;
  readonly page: number | undefined;
  /** Whether the next chunk may begin with it again. */
  readonly repeatable: boolean;
}

/** Headings take at most this share of a chunk. */
const HEADING_SHARE = 0.25;

/**
 * Cuts a document into chunks along its structure. A chunk never reaches over a heading; blocks stay whole where they fit, longer ones are cut
 * between sentences, then between words. The headings above a chunk are embedded with it, so a heading is no chunk of its own unless nothing follows it.
 */
export function chunkDocument(document: ParsedDocument, options: ChunkOptions): Chunk[] {
  const { tokens, maxTokens = 220, overlapTokens = 40 } = options;
  const chunks: Chunk[] = [];
  for (const { path, blocks } of sectionsOf(document)) {
    const headingPath = shortened(path, Math.floor(maxTokens * HEADING_SHARE), tokens);
    const room = maxTokens - (headingPath.length === 0 ? 0 : tokens.count(`${headingPath.join(' > ')}\n`)) - 2;
    const pieces = blocks.flatMap((block) => piecesOf(document.text, block, room, tokens));
    for (const run of runsOf(pieces, room, Math.min(overlapTokens, Math.floor(room / 3)))) {
      const [start, end] = [run[0]!.start, run.at(-1)!.end];
      const text = document.text.slice(start, end);
      const pages = run.flatMap(({ page }) => (page === undefined ? [] : [page]));
      chunks.push({
        ordinal: chunks.length,
        headingPath,
        text,
        start,
        end,
        ...(pages.length > 0 && { pages: { first: Math.min(...pages), last: Math.max(...pages) } }),
        tokens: tokens.count(embeddedText({ headingPath, text })),
      });
    }
  }
  return chunks;
}

/** Blocks below the same headings. A heading that nothing follows is a block of its own, so that its words are found too. */
function sectionsOf({ text, blocks }: ParsedDocument): { path: string[]; blocks: Block[] }[] {
  const sections: { path: string[]; blocks: Block[] }[] = [];
  const open: { level: number; title: string }[] = [];
  let current: { path: string[]; blocks: Block[] } | undefined;
  for (const [index, block] of blocks.entries()) {
    if (block.kind === 'heading') {
      const level = block.level ?? 1;
      while (open.length > 0 && open.at(-1)!.level >= level) open.pop();
      const next = blocks[index + 1];
      if (next === undefined || (next.kind === 'heading' && (next.level ?? 1) <= level))
        sections.push({ path: open.map(({ title }) => title), blocks: [block] });
      open.push({ level, title: text.slice(block.start, block.end).replaceAll('\n', ' ') });
      current = undefined;
      continue;
    }
    if (current === undefined) sections.push((current = { path: open.map(({ title }) => title), blocks: [] }));
    current.blocks.push(block);
  }
  return sections;
}

/** The innermost headings that fit. One that does not fit by itself is left out. */
function shortened(path: readonly string[], most: number, tokens: TokenCounter): string[] {
  const kept: string[] = [];
  let used = 0;
  for (const title of [...path].reverse()) {
    used += tokens.count(`${title} > `);
    if (used > most) break;
    kept.unshift(title);
  }
  return kept;
}

function piecesOf(text: string, block: Block, room: number, tokens: TokenCounter): Piece[] {
  const whole = block.kind === 'table-row' || block.kind === 'record' || block.kind === 'code';
  const piece = (start: number, end: number): Piece => ({
    start,
    end,
    tokens: tokens.count(text.slice(start, end)),
    page: block.page,
    repeatable: !whole,
  });
  const first = piece(block.start, block.end);
  if (whole && first.tokens <= room) return [first];
  const lines = whole || block.kind === 'list-item';
  const parts = lines
    ? linesIn(text, block)
    : sentencesOf(text.slice(block.start, block.end)).map((one) => shifted(one, block.start));
  return parts.flatMap(({ start, end }) => {
    const part = piece(start, end);
    return part.tokens <= room ? [part] : wordsIn(text, part, room, tokens).map((run) => piece(run.start, run.end));
  });
}

function shifted({ start, end }: { start: number; end: number }, by: number) {
  return { start: start + by, end: end + by };
}

function linesIn(text: string, { start, end }: Block) {
  return spans(text.slice(start, end), /[^\n]+/g).map((one) => shifted(one, start));
}

function spans(text: string, pattern: RegExp): { start: number; end: number }[] {
  return [...text.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
}

/** Runs of words that fit; a word that does not fit by itself is cut by characters. */
function wordsIn(text: string, whole: Piece, room: number, tokens: TokenCounter): { start: number; end: number }[] {
  const words = spans(text.slice(whole.start, whole.end), /\S+/g)
    .map((one) => shifted(one, whole.start))
    .flatMap((word) => (tokens.count(text.slice(word.start, word.end)) <= room ? [word] : cut(text, word, room)));
  const runs: { start: number; end: number }[] = [];
  let used = 0;
  for (const word of words) {
    const count = tokens.count(text.slice(word.start, word.end));
    const run = runs.at(-1);
    if (run === undefined || used + count > room) {
      runs.push({ ...word });
      used = count;
    } else {
      run.end = word.end;
      used += count;
    }
  }
  return runs;
}

/** A token has a character at least, so as many characters as there is room for tokens fit. */
function cut(text: string, { start, end }: { start: number; end: number }, room: number) {
  const parts: { start: number; end: number }[] = [];
  for (let at = start; at < end;) {
    let next = Math.min(end, at + Math.max(2, Math.floor(room / 4)));
    if (next < end && /[\udc00-\udfff]/.test(text[next]!)) next--;
    parts.push({ start: at, end: next });
    at = next;
  }
  return parts;
}

/** Pieces packed into chunks, each begun with the end of the one before. */
function runsOf(pieces: readonly Piece[], room: number, overlap: number): Piece[][] {
  const runs: Piece[][] = [];
  let run: Piece[] = [];
  let used = 0;
  for (const piece of pieces) {
    if (used + piece.tokens > room && run.length > 0) {
      runs.push(run);
      run = tailOf(run, Math.min(overlap, room - piece.tokens));
      used = run.reduce((sum, one) => sum + one.tokens, 0);
    }
    run.push(piece);
    used += piece.tokens;
  }
  if (run.length > 0) runs.push(run);
  return runs;
}

function tailOf(run: readonly Piece[], most: number): Piece[] {
  const tail: Piece[] = [];
  let used = 0;
  for (const piece of [...run].reverse()) {
    used += piece.tokens;
    if (!piece.repeatable || used > most) break;
    tail.unshift(piece);
  }
  return tail;
}
