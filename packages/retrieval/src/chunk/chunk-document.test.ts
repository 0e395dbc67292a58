import { createWordPieceTokenizer } from '@plinth/tokens';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embeddedText } from '../index/embedded-text.ts';
import { CanonicalText } from '../parse/canonical-text.ts';
import type { BlockKind, ParsedDocument } from '../ports/document.ts';
import { chunkDocument } from './chunk-document.ts';

const tokens = createWordPieceTokenizer();

function documentOf(...blocks: readonly (readonly [BlockKind, string, number?])[]): ParsedDocument {
  const text = new CanonicalText();
  for (const [kind, content, level] of blocks) text.add(kind, content, level === undefined ? {} : { level });
  return text.finish();
}

describe('a chunk', () => {
  it('never reaches over a heading, and knows the headings above it', () => {
    const chunks = chunkDocument(
      documentOf(
        ['heading', 'Leave', 1],
        ['paragraph', 'Ask early.'],
        ['heading', 'Sick leave', 2],
        ['paragraph', 'Send a note.'],
      ),
      { tokens },
    );
    expect(chunks.map(({ headingPath, text }) => [headingPath, text])).toEqual([
      [['Leave'], 'Ask early.'],
      [['Leave', 'Sick leave'], 'Send a note.'],
    ]);
  });

  it('begins with the last sentences of the one before', () => {
    const sentences = Array.from(
      { length: 30 },
      (_, n) => `Rule number ${n} is written down in this very sentence here.`,
    );
    const chunks = chunkDocument(documentOf(['paragraph', sentences.join(' ')]), {
      tokens,
      maxTokens: 80,
      overlapTokens: 20,
    });
    expect(chunks.length).toBeGreaterThan(3);
    for (const [index, chunk] of chunks.slice(1).entries()) {
      expect(chunk.start).toBeLessThan(chunks[index]!.end);
      expect(chunk.text).toMatch(/^Rule number/);
    }
  });

  it('keeps a row of a table whole, and repeats none', () => {
    const rows = Array.from(
      { length: 20 },
      (_, n) => ['table-row', `Grade: ${n}; Days: ${n + 20}; Note: as agreed`] as const,
    );
    const chunks = chunkDocument(documentOf(...rows), { tokens, maxTokens: 60 });
    const lines = chunks.flatMap(({ text }) => text.split('\n\n'));
    expect(lines).toEqual(rows.map(([, text]) => text));
  });

  it('is a heading only where nothing follows it', () => {
    const chunks = chunkDocument(
      documentOf(['heading', 'Guide', 1], ['heading', 'Empty part', 2], ['heading', 'End', 2]),
      { tokens },
    );
    expect(chunks.map(({ text, headingPath }) => [headingPath, text])).toEqual([
      [['Guide'], 'Empty part'],
      [['Guide'], 'End'],
    ]);
  });
});

describe('of any document', () => {
  const content = fc.oneof(
    fc.lorem({ maxCount: 60, mode: 'words' }),
    fc.lorem({ maxCount: 12, mode: 'sentences' }),
    fc.string({ unit: 'grapheme', maxLength: 400 }),
    fc.nat(3_000).map((length) => 'x'.repeat(length)),
  );
  const block = fc.tuple(
    fc.constantFrom<BlockKind>('heading', 'paragraph', 'list-item', 'quote', 'code', 'table-row', 'record'),
    content,
    fc.integer({ min: 1, max: 6 }),
  );

  it('chunks are slices in order, within the bound, and leave nothing out', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 15 }), fc.integer({ min: 40, max: 220 }), (blocks, maxTokens) => {
        const document = documentOf(...blocks);
        const chunks = chunkDocument(document, { tokens, maxTokens });
        expect(chunkDocument(document, { tokens, maxTokens })).toEqual(chunks);
        const covered = new Uint8Array(document.text.length);
        for (const [index, chunk] of chunks.entries()) {
          expect(chunk.ordinal).toBe(index);
          expect(chunk.text).toBe(document.text.slice(chunk.start, chunk.end));
          expect(chunk.start).toBeGreaterThanOrEqual(chunks[index - 1]?.start ?? 0);
          expect(tokens.count(embeddedText(chunk))).toBeLessThanOrEqual(maxTokens);
          covered.fill(1, chunk.start, chunk.end);
        }
        for (const { kind, start, end } of document.blocks)
          if (kind !== 'heading')
            for (let at = start; at < end; at++) if (/\S/.test(document.text[at]!)) expect(covered[at]).toBe(1);
      }),
      { numRuns: 50 },
    );
  });
});
