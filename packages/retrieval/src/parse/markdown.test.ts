import { describe, expect, it } from 'vitest';
import { parseMarkdown } from './markdown.ts';
import { readDocument } from './testing/read-document.ts';

const read = (source: string) => readDocument(parseMarkdown, source);
const blocksOf = async (source: string) => (await read(source)).blocks;

describe('Markdown', () => {
  it('has headings of both kinds, and its first one for a title', async () => {
    expect(await read('Guide\n=====\n\n### Deep *part* ###\n\nText.')).toEqual({
      title: 'Guide',
      blocks: [
        ['heading1', 'Guide'],
        ['heading3', 'Deep part'],
        ['paragraph', 'Text.'],
      ],
    });
  });

  it.each([
    ['plain', '---\ntitle: Rules of 2026\ntags: [a]\n---\n# Other', 'Rules of 2026'],
    ['in quotes', '---\r\nauthor: x\r\ntitle: "Ask: early"\r\n---\r\n# Other', 'Ask: early'],
    ['at the end of the file', '---\ntitle: Alone\n---', 'Alone'],
    ['empty', '---\ntitle:\nauthor: x\n---\n# Other', 'Other'],
  ])('takes its title from front matter: %s', async (_what, source, title) => {
    const parsed = await read(source);
    expect(parsed.title).toBe(title);
    expect(JSON.stringify(parsed.blocks)).not.toMatch(/author|tags|title/);
  });

  it('does not keep where the source was wrapped, but a break that was meant', async () => {
    expect(await blocksOf('A sentence\nwrapped by `an\neditor`.\n\nTwo  \nlines.')).toEqual([
      ['paragraph', 'A sentence wrapped by an editor.'],
      ['paragraph', 'Two\nlines.'],
    ]);
  });

  it('loses no text that stands between two rules', async () => {
    expect(await blocksOf('---\nA sentence between.\n\n---\nMore.')).toEqual([
      ['paragraph', 'A sentence between.'],
      ['paragraph', 'More.'],
    ]);
  });

  it('keeps the items of lists apart, also within one another and in quotes', async () => {
    expect(await blocksOf('- one\n  - two\n\n    more\n- [x] three\n\n> - four\n> - five\n>\n> ## six')).toEqual([
      ['list-item', 'one'],
      ['list-item', 'two'],
      ['list-item', 'more'],
      ['list-item', 'three'],
      ['quote', 'four'],
      ['quote', 'five'],
      ['quote', 'six'],
    ]);
  });

  it('has each row of a table with the names of its columns', async () => {
    expect(await blocksOf('| City | Rate |\n|:--|--:|\n| Rome | 90<br>a day |\n| `a\\|b` | |\n')).toEqual([
      ['table-row', 'City: Rome; Rate: 90\na day'],
      ['table-row', 'City: a|b'],
    ]);
  });

  it('keeps the words of links, pictures, notes and code, and no addresses', async () => {
    expect(
      await blocksOf(
        'See [the *rules*](https://a.example) and ![a plan](b.png).[^1]\n\n[^1]: First.\n\n    Second.\n\n```sh\na  b\n```',
      ),
    ).toEqual([
      ['paragraph', 'See the rules and a plan.'],
      ['paragraph', 'First.'],
      ['paragraph', 'Second.'],
      ['code', 'a  b'],
    ]);
  });

  it('has of HTML what a person reads of it', async () => {
    expect(
      await blocksOf(
        '<div align="center">\n<h2>Name</h2>\n<p hidden>no</p><script>no()</script>\n</div>\n\n<!-- no -->\n\nIt is <b>bold</b>.',
      ),
    ).toEqual([
      ['heading2', 'Name'],
      ['paragraph', 'It is bold.'],
    ]);
  });

  it('that is odd is text', async () => {
    expect(await blocksOf('')).toEqual([]);
    expect(await blocksOf('[a][missing] | *b\n#no heading')).toEqual([['paragraph', '[a][missing] | *b #no heading']]);
  });
});
