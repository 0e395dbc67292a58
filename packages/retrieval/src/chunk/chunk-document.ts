import { embeddedText } from '../index/embedded-text.ts';
import type { Chunk, ParsedDocument } from '../ports/document.ts';
import { packPieces } from './pack-pieces.ts';
import { piecesOf, type Piece } from './pieces.ts';
import { sectionsOf } from './sections.ts';

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

/** Headings take at most this share of a chunk. */
const HEADING_SHARE = 0.25;
/** Takes up a token at least, whatever the model makes of it: to some a word of thousands of letters is one token, and a chunk is for reading too. */
const CHARACTERS_PER_TOKEN = 16;
/** Between the headings and the text, for counters to which two parts are more than their sum. */
const SLACK = 2;

/**
 * Cuts a document into chunks along its structure. A chunk never reaches over a heading; blocks stay whole where they fit, longer ones are cut
 * between sentences, then between words. The headings above a chunk are embedded with it, so a heading is no chunk of its own unless nothing
 * follows it or it is as long as a text. Takes time in proportion to the text.
 */
export function chunkDocument(document: ParsedDocument, options: ChunkOptions): Chunk[] {
  const { maxTokens = 220, overlapTokens = 40 } = options;
  const tokens: TokenCounter = {
    count: (text) => Math.max(options.tokens.count(text), Math.ceil(text.length / CHARACTERS_PER_TOKEN)),
  };
  const mostHeading = Math.floor(maxTokens * HEADING_SHARE);
  const chunks: Chunk[] = [];
  const write = (headingPath: readonly string[], pieces: readonly Piece[]): void => {
    const [start, end] = [pieces[0]!.start, pieces.at(-1)!.end];
    const text = document.text.slice(start, end);
    const embedded = embeddedText({ headingPath, text });
    if (pieces.length > 1 && tokens.count(embedded) > maxTokens) {
      // Parts of one long word count for more together than apart.
      const half = Math.ceil(pieces.length / 2);
      write(headingPath, pieces.slice(0, half));
      return write(headingPath, pieces.slice(half));
    }
    const pages = pieces.flatMap(({ page }) => (page === undefined ? [] : [page]));
    chunks.push({
      ordinal: chunks.length,
      headingPath,
      text,
      start,
      end,
      ...(pages.length > 0 && { pages: { first: Math.min(...pages), last: Math.max(...pages) } }),
      tokens: options.tokens.count(embedded),
    });
  };
  for (const { headingPath, blocks } of sectionsOf(document, mostHeading, tokens)) {
    const room = maxTokens - (headingPath.length === 0 ? 0 : tokens.count(`${headingPath.join(' > ')}\n`)) - SLACK;
    const pieces = blocks.map((block) => piecesOf(document.text, block, room, tokens));
    for (const run of packPieces(pieces, room, Math.min(overlapTokens, Math.floor(room / 3)))) write(headingPath, run);
  }
  return chunks;
}
