import { createWordPieceTokenizer } from '@plinth/tokens';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embeddedText } from '../index/embedded-text.ts';
import { CanonicalText } from '../parse/canonical-text.ts';
import type { BlockKind, ParsedDocument } from '../ports/document.ts';
import { parseText } from '../parse/text.ts';
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

describe('blocks', () => {
  const words = (count: number) => `Word ${'word '.repeat(count - 2)}end.`;

  it('that fit into a chunk are not parted, and packed together where they fit together', () => {
    // Of the third, the first sentence would fit into what the first two leave.
    const paragraphs = [words(30), words(20), `${words(5)} ${words(30)}`, words(5)];
    const chunks = chunkDocument(documentOf(...paragraphs.map((text) => ['paragraph', text] as const)), {
      tokens,
      maxTokens: 62,
      overlapTokens: 0,
    });
    expect(chunks.map(({ text }) => text.split('\n\n'))).toEqual([paragraphs.slice(0, 2), paragraphs.slice(2)]);
  });

  it('of one word are within the bound, also where its parts count for more together than apart', () => {
    const count = (text: string) =>
      (text.match(/\S+/g) ?? []).reduce((sum, word) => sum + (word.length > 9 ? word.length : 1), 0);
    const word = 'abcdefghi'.repeat(30);
    const chunks = chunkDocument(documentOf(['paragraph', word]), {
      tokens: { count },
      maxTokens: 40,
      overlapTokens: 0,
    });
    expect(chunks.map(({ text }) => text).join('')).toBe(word);
    for (const { text } of chunks) expect(count(text)).toBeLessThanOrEqual(40);
  });

  it('with pages tell the first and the last of them', () => {
    const text = new CanonicalText();
    for (const page of [3, 4, 5]) text.add('paragraph', `On page ${page}.`, { page });
    expect(chunkDocument(text.finish('', 5), { tokens })[0]?.pages).toEqual({ first: 3, last: 5 });
  });

  it('longer than a chunk are cut by lines where they have lines', () => {
    const lines = Array.from({ length: 40 }, (_, n) => `path.${n}: value`);
    const chunks = chunkDocument(documentOf(['record', lines.join('\n')]), { tokens, maxTokens: 60 });
    expect(chunks.flatMap(({ text }) => text.split('\n'))).toEqual(lines);
  });
});

describe('headings', () => {
  const long = Array.from({ length: 70 }, (_, n) => `heading${n}`).join(' ');

  it('too many for a chunk are left out from the outside in', () => {
    const headings = ['one', 'two', 'three', 'four', 'five'].map(
      (name, index) => ['heading', `${name} ${'and more '.repeat(7)}`, index + 1] as const,
    );
    const [chunk] = chunkDocument(documentOf(...headings, ['paragraph', 'Text.']), { tokens });
    expect(chunk!.headingPath.map((title) => title.split(' ')[0])).toEqual(['three', 'four', 'five']);
  });

  it('as long as a text are text, together with what follows', () => {
    const chunks = chunkDocument(
      documentOf(['heading', 'Guide', 1], ['heading', long, 2], ['paragraph', 'Below it.']),
      { tokens, maxTokens: 120 },
    );
    expect(new Set(chunks.map(({ headingPath }) => headingPath.join()))).toEqual(new Set(['Guide']));
    const found = chunks.map(({ text }) => text).join(' ');
    for (const word of [...long.split(' '), 'Below it.']) expect(found).toContain(word);
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
          expect(chunk.tokens).toBe(tokens.count(embeddedText(chunk)));
          expect(chunk.tokens).toBeLessThanOrEqual(maxTokens);
          expect(chunk.text.length).toBeLessThanOrEqual(16 * maxTokens);
          covered.fill(1, chunk.start, chunk.end);
        }
        for (const { kind, start, end } of document.blocks)
          if (kind !== 'heading')
            for (let at = start; at < end; at++) if (/\S/.test(document.text[at]!)) expect(covered[at]).toBe(1);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['without an end of a sentence', 'word '.repeat(2_000_000)],
    ['of one word', 'x'.repeat(4_000_000)],
    ['of ends of sentences', '. '.repeat(400_000)],
    ['of blank lines', 'a\n\n'.repeat(200_000)],
  ])('a long text %s takes time in proportion to its length', (_what, source) => {
    const bytes = new TextEncoder().encode(source);
    const document = parseText({ bytes, mediaType: '', name: '' });
    const started = performance.now();
    const chunks = chunkDocument(document, { tokens: { count: (text) => Math.ceil(text.length / 4) } });
    expect(chunks.length).toBeGreaterThan(100);
    // A second or less; half a minute where each piece is looked for to the end of the text.
    expect(performance.now() - started).toBeLessThan(8_000);
  });
});
