// @vitest-environment jsdom
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Citation } from '../api/rag/answer-stream.ts';
import { renderMarkdown } from '../markdown/render.ts';
import { XSS_VECTORS } from '../markdown/xss-vectors.ts';
import { marksOf, numberSources, readMarks, withoutMarks, writeMarks } from './citations.ts';

const cite = (end: number, quote: string, documentId = 'a', start = 0): Citation => ({
  at: { start, end },
  documentId,
  version: 1,
  title: 'A',
  page: undefined,
  quote,
  source: undefined,
});
const citations = fc.array(
  fc.tuple(fc.nat(300), fc.constantFrom('p', 'q', 'r')).map(([end, quote]) => cite(end, quote)),
  { maxLength: 8 },
);
const spans = fc.array(
  fc.tuple(fc.nat(300), fc.nat(60)).map(([start, length]) => ({ start, end: start + length })),
  { maxLength: 5 },
);

describe('sources of an answer', () => {
  it('are numbered in the order of the text, each place once', () => {
    const numbered = numberSources([cite(40, 'second'), cite(10, 'first'), cite(60, 'first')]);
    expect(numbered.map(({ number, citation }) => [number, citation.quote])).toEqual([
      [1, 'first'],
      [2, 'second'],
    ]);
  });

  it('stand where they are cited, within the text', () => {
    expect(marksOf(20, [cite(10, 'x'), cite(99, 'y'), cite(10, 'x')], [])).toEqual([
      { kind: 'source', at: 10, number: 1 },
      { kind: 'source', at: 20, number: 2 },
    ]);
  });
});

describe('marks in Markdown', () => {
  const written = (text: string, all: Citation[], unsupported: { start: number; end: number }[] = []) =>
    renderMarkdown(writeMarks(text, marksOf(text.length, all, unsupported))).toString();

  it('leave emphasis, lists and addresses what they are', () => {
    const bold = 'It is **25 days.** Yes.';
    expect(written(bold, [cite(18, 'x')])).toContain('<strong>25 days.</strong>');
    const item = '- one\n- two';
    expect(written(item, [], [{ start: 6, end: 11 }])).toMatch(/<li>one<\/li>\s*<li>\uA8F8two\uA8F9<\/li>/);
    const address = 'See https://example.com/a';
    expect(written(address, [cite(address.length, 'x')])).toContain('href="https://example.com/a"');
    const lines = 'First.\n\n# Second';
    expect(written(lines, [cite(8, 'x')])).toMatch(/First\.\uA8FA1\uA8FA<\/p>\s*<h3>Second/);
  });

  it('come out as many as went in and leave the text as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), citations, spans, (text, all, unsupported) => {
        const marks = marksOf(text.length, all, unsupported);
        const pieces = readMarks(writeMarks(text, marks));
        expect(pieces.filter(({ kind }) => kind === 'source')).toHaveLength(
          marks.filter(({ kind }) => kind === 'source').length,
        );
        expect(pieces.filter(({ kind }) => kind === 'open').length).toBe(
          pieces.filter(({ kind }) => kind === 'close').length,
        );
        const shown = pieces.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('');
        expect(shown.replaceAll(' ', '')).toBe(text.replace(/[\uA8F8-\uA8FA]/g, '\uFFFD').replaceAll(' ', ''));
      }),
    );
  });

  it('open and close in turn, however the unsupported parts overlap', () => {
    fc.assert(
      fc.property(fc.nat(300), spans, (length, unsupported) => {
        let open = false;
        for (const { kind } of marksOf(length, [], unsupported)) {
          expect(kind).toBe(open ? 'unsupported-end' : 'unsupported-start');
          open = !open;
        }
        expect(open).toBe(false);
      }),
    );
  });

  it('cannot be written by a model', () => {
    expect(readMarks(writeMarks('x \uA8FA1\uA8FA \uA8F8y\uA8F9', []))).toEqual([
      { kind: 'text', text: 'x \uFFFD1\uFFFD \uFFFDy\uFFFD' },
    ]);
    expect(withoutMarks('https://a/%EA%A3%BA1%EA%A3%BAb\uA8F8')).toBe('https://a/b');
  });

  it.each(XSS_VECTORS)('make nothing dangerous of %s', (vector) => {
    for (let at = 0; at <= vector.length; at += 3) {
      const box = document.createElement('div');
      box.innerHTML = written(vector, [cite(at, 'x')], [{ start: at, end: vector.length }]);
      expect(box.querySelector('script, img, svg, style, iframe, form, input, object, embed, [onerror]')).toBeNull();
      for (const link of box.querySelectorAll('a[href]'))
        expect(link.getAttribute('href')).toMatch(/^(https?:|mailto:)/i);
    }
  });
});
