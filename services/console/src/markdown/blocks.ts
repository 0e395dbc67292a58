import type { Token, TokensList } from 'marked';
import { lex, renderToken } from './render.ts';
import type { SafeHtml } from './render.ts';

/** A rendered piece of an answer. A piece that did not change is the same object as before. */
export interface Block {
  id: number;
  /** The Markdown it was made of. */
  raw: string;
  html: SafeHtml;
}

export interface StreamedMarkdown {
  /** Renders `text`, which must start with the text given before. */
  update(text: string): readonly Block[];
  /** Reads the whole text once more, and renders what the end of it has changed: a link's address may be given last. */
  finish(text: string): readonly Block[];
}

/** Blocks at the end that may still change with the next word, and are read anew. */
const OPEN_BLOCKS = 2;

/**
 * Renders a growing Markdown text at a cost that follows what is new, not what is there: blocks that are closed are kept, only the last
 * ones are read and rendered again.
 */
export function createStreamedMarkdown(): StreamedMarkdown {
  let closed: readonly Block[] = [];
  let closedLength = 0;
  let open: readonly Block[] = [];
  let lastId = 0;

  /** A changed block takes over the old one's id, so that the page changes its content instead of moving it. */
  function blockOf(token: Token, old: Block | undefined): Block {
    if (old === undefined) lastId += 1;
    return { id: old?.id ?? lastId, raw: token.raw, html: renderToken(token) };
  }

  return {
    update(text) {
      const tail = text.slice(closedLength);
      const tokens = lex(tail);
      const blocks = visible(tokens).map((token, index) => {
        const old = open[index];
        return old?.raw === token.raw ? old : blockOf(token, old);
      });
      const settled = Math.max(0, blocks.length - OPEN_BLOCKS);
      const length = lengthBefore(tokens, settled);
      // marked rewrites tabs and line ends; where its text is no longer ours, lengths mean nothing and everything stays open.
      if (settled > 0 && tail.startsWith(textOf(tokens).slice(0, length))) {
        closed = [...closed, ...blocks.slice(0, settled)];
        closedLength += length;
        open = blocks.slice(settled);
      } else open = blocks;
      return [...closed, ...open];
    },
    finish(text) {
      const before = [...closed, ...open];
      const tokens = lex(text);
      const hasReferences = Object.keys(tokens.links).length > 0;
      return visible(tokens).map((token, index) => {
        const old = before[index];
        return old?.raw === token.raw && !hasReferences ? old : blockOf(token, old);
      });
    },
  };
}

function isVisible({ type }: Token): boolean {
  return type !== 'space' && type !== 'def';
}

function visible(tokens: TokensList): Token[] {
  return tokens.filter(isVisible);
}

function textOf(tokens: TokensList): string {
  return tokens.map(({ raw }) => raw).join('');
}

/** Characters before the visible token at `position`. */
function lengthBefore(tokens: TokensList, position: number): number {
  let length = 0;
  let seen = 0;
  for (const token of tokens) {
    if (isVisible(token) && seen++ === position) break;
    length += token.raw.length;
  }
  return length;
}
