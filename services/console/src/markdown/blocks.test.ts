// @vitest-environment jsdom
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStreamedMarkdown } from './blocks.ts';
import { renderMarkdown } from './render.ts';

const SAMPLE = [
  '# Title',
  '',
  'A first paragraph with a [link][ref] and **bold\ntext** over two lines.',
  '',
  '- one',
  '- two',
  '',
  '  with a paragraph of its own',
  '- three',
  '',
  '```ts',
  'const a = 1;',
  '',
  'const b = 2;',
  '```',
  '',
  '| a | b |',
  '|---|---|',
  '| 1 | 2 |',
  '',
  '> a quote',
  'that goes on',
  '',
  'Last\n====',
  '',
  'end\twith a tab\r\nand a line end',
  '',
  '[ref]: https://example.com',
  '',
].join('\n');

function whole(blocks: readonly { html: unknown }[]): string {
  return blocks
    .map(({ html }) => String(html))
    .join('')
    .replace(/\n+/g, '');
}

function stream(text: string, sizes: readonly number[]) {
  const markdown = createStreamedMarkdown();
  let end = 0;
  for (let index = 0; end < text.length; index += 1) {
    end = Math.min(text.length, end + (sizes[index % sizes.length] ?? 1));
    markdown.update(text.slice(0, end));
  }
  return markdown.finish(text);
}

describe('Markdown that grows', () => {
  it('ends as the whole text would have been rendered at once, however it was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        expect(whole(stream(SAMPLE, sizes))).toBe(renderMarkdown(SAMPLE).replace(/\n+/g, ''));
      }),
      { numRuns: 10 },
    );
  });

  it('holds for any text', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ' ', '\n', '\n\n', '- ', '1. ', '`', '```', '#', '> ', '|', '    ', '*', '[x]', '\t'),
      maxLength: 40,
    });
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }), (source, sizes) => {
        const html = whole(stream(source, sizes));
        expect(html).toBe(renderMarkdown(source).replace(/\n+/g, ''));
      }),
    );
  });

  it('keeps closed blocks as they are', () => {
    const markdown = createStreamedMarkdown();
    const before = markdown.update('one\n\ntwo\n\nthree\n\nfour');
    const after = markdown.update('one\n\ntwo\n\nthree\n\nfour and more\n\nfive');
    expect(after).toHaveLength(5);
    expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
    expect(after[0]).toBe(before[0]);
    expect(after[3]?.id).toBe(before[3]?.id);
  });

  it('gives every block an id of its own', () => {
    const markdown = createStreamedMarkdown();
    for (let end = 1; end <= SAMPLE.length; end += 3) {
      const ids = markdown.update(SAMPLE.slice(0, end)).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
    const ids = markdown.finish(SAMPLE).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('reads and renders only the end of a long answer anew', () => {
    const paragraph = 'Some words of an answer, with `code` and **marks**, in a paragraph.\n\n';
    const markdown = createStreamedMarkdown();
    const long = paragraph.repeat(200);
    markdown.update(long);
    let before = markdown.update(`${long}a`);
    for (let count = 0; count < 20; count += 1) {
      const after = markdown.update(`${long}${'a '.repeat(count)}`);
      const kept = after.filter((block, index) => block === before[index]);
      expect(kept.length).toBeGreaterThanOrEqual(200);
      before = after;
    }
    const finished = markdown.finish(`${long}${'a '.repeat(19)}`);
    expect(finished.every((block, index) => block === before[index])).toBe(true);
  });
});
