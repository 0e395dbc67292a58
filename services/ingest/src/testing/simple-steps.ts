import { createHash } from 'node:crypto';
import { PlatformError } from '@plinth/contracts';
import type { Block, Chunk, DocumentParser, Embedder, ParsedDocument } from '@plinth/retrieval';

/** Takes text as it is, a paragraph a block; refuses what begins with `%broken`. */
export const simpleParser: DocumentParser = {
  parse({ bytes }) {
    const text = Buffer.from(bytes).toString('utf8');
    if (text.startsWith('%broken'))
      return Promise.reject(new PlatformError('invalid_request', 'The document cannot be read.'));
    const blocks: Block[] = [];
    for (const match of text.matchAll(/[^\n]+/g))
      blocks.push({ kind: 'paragraph', start: match.index, end: match.index + match[0].length });
    return Promise.resolve({ title: undefined, text, blocks, pages: undefined });
  },
  close: () => Promise.resolve(),
};

/** A chunk per block. */
export function simpleChunks({ text, blocks }: ParsedDocument): readonly Chunk[] {
  return blocks.map(({ start, end }, ordinal) => ({
    ordinal,
    headingPath: [],
    text: text.slice(start, end),
    start,
    end,
    tokens: Math.ceil((end - start) / 4),
  }));
}

/** Vectors that depend on the text alone, of unit length. */
export class HashEmbedder implements Embedder {
  readonly model = 'hash';
  readonly dimensions: number;
  readonly maxTokens = 256;
  readonly calls: number[] = [];

  constructor(dimensions = 8) {
    this.dimensions = dimensions;
  }

  embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    this.calls.push(texts.length);
    return Promise.resolve(texts.map((text) => unit(text, this.dimensions)));
  }
}

function unit(text: string, dimensions: number): Float32Array {
  const values: number[] = [];
  for (let part = 0; values.length < dimensions; part++)
    for (const byte of createHash('sha256').update(`${part}:${text}`).digest()) values.push(byte - 127.5);
  const vector = values.slice(0, dimensions);
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (value) => value / length);
}
