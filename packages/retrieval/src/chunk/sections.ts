import type { Block, ParsedDocument } from '../ports/document.ts';
import type { TokenCounter } from './chunk-document.ts';

/** Blocks below the same headings. */
export interface Section {
  /** Outermost first; the outermost ones are missing where all of them are too long. */
  readonly headingPath: readonly string[];
  readonly blocks: readonly Block[];
}

/**
 * A heading that nothing follows is a block of its own, and so is one that is too long for a path, as a paragraph in large letters is: all words
 * of a document are in some section.
 * @param most Tokens of a path.
 */
export function sectionsOf({ text, blocks }: ParsedDocument, most: number, tokens: TokenCounter): Section[] {
  const sections: { headingPath: readonly string[]; blocks: Block[] }[] = [];
  const open: Heading[] = [];
  let current: Block[] | undefined;
  for (const [index, block] of blocks.entries()) {
    if (block.kind !== 'heading') {
      if (current === undefined) sections.push({ headingPath: pathOf(open, most), blocks: (current = []) });
      current.push(block);
      continue;
    }
    const level = block.level ?? 1;
    while (open.length > 0 && open.at(-1)!.level >= level) open.pop();
    const title = text.slice(block.start, block.end).replaceAll('\n', ' ');
    const count = tokens.count(`${title} > `);
    const long = count > most;
    current = undefined;
    if (long || isEmpty(level, blocks[index + 1])) {
      const section = { headingPath: pathOf(open, most), blocks: [block] };
      sections.push(section);
      if (long) current = section.blocks;
    }
    if (!long) open.push({ level, title, count });
  }
  return sections;
}

interface Heading {
  readonly level: number;
  readonly title: string;
  /** Tokens, with what parts it from the next. */
  readonly count: number;
}

function isEmpty(level: number, next: Block | undefined): boolean {
  return next === undefined || (next.kind === 'heading' && (next.level ?? 1) <= level);
}

/** The innermost headings that fit. */
function pathOf(open: readonly Heading[], most: number): string[] {
  const path: string[] = [];
  let used = 0;
  for (const { title, count } of [...open].reverse()) {
    used += count;
    if (used > most) break;
    path.unshift(title);
  }
  return path;
}
