import type { Token } from 'marked';
import { lex, renderToken } from './render.ts';
import type { SafeHtml } from './render.ts';

/** A rendered piece of an answer. A piece that did not change is the same object as before. */
export interface Block {
  id: number;
  html: SafeHtml;
}

export interface StreamedMarkdown {
  /** Renders `text`, which must start with the text given before. */
  update(text: string): readonly Block[];
  /** Renders the whole text once more in one go: a reference at the end may have changed a link at the start. */
  finish(text: string): readonly Block[];
}

/** Blocks at the end that may still change with the next word, and are rendered anew. */
const OPEN_BLOCKS = 2;

/**
 * Renders a growing Markdown text at a cost that follows what is new, not what is there: blocks that are closed are kept, only the last
 * ones are read and rendered again.
 */
export function createStreamedMarkdown(): StreamedMarkdown {
  let closed: readonly Block[] = [];
  let closedLength = 0;
  let open: { raw: string; block: Block }[] = [];
  let lastId = 0;

  function blockOf(token: Token): Block {
    lastId += 1;
    return { id: lastId, html: renderToken(token) };
  }

  return {
    update(text) {
      const tail = text.slice(closedLength);
      const tokens = lex(tail);
      const visible = tokens.filter(({ type }) => type !== 'space' && type !== 'def');
      const boundary = visible.at(-OPEN_BLOCKS);
      const next: typeof open = [];
      const nowClosed: Block[] = [];
      let length = 0;
      let passed = visible.length <= OPEN_BLOCKS;
      let position = 0;
      for (const token of tokens) {
        if (token === boundary) passed = true;
        if (!passed) length += token.raw.length;
        if (token.type === 'space' || token.type === 'def') continue;
        const before = open[position];
        position += 1;
        const block = before?.raw === token.raw ? before.block : replace(before?.block, blockOf(token));
        if (passed) next.push({ raw: token.raw, block });
        else nowClosed.push(block);
      }
      // marked normalizes tabs and line ends, so lengths of its raw text hold only where the text starts with it.
      const raw = tokens.map((token) => token.raw).join('');
      if (nowClosed.length > 0 && tail.startsWith(raw.slice(0, length))) {
        closed = [...closed, ...nowClosed];
        closedLength += length;
        open = next;
        return [...closed, ...next.map(({ block }) => block)];
      }
      open = [...nowClosed.map((block, index) => ({ raw: visible[index]?.raw ?? '', block })), ...next];
      return [...closed, ...open.map(({ block }) => block)];
    },
    finish(text) {
      const before = [...closed, ...open.map(({ block }) => block)];
      const tokens = lex(text).filter(({ type }) => type !== 'space' && type !== 'def');
      return tokens.map((token, index) => {
        const html = renderToken(token);
        const old = before[index];
        return old !== undefined && String(old.html) === String(html) ? old : replace(old, { id: index + 1, html });
      });
    },
  };

  /** A changed block takes over the old one's id, so that the page changes its content instead of moving it. */
  function replace(old: Block | undefined, block: Block): Block {
    return old === undefined ? block : { ...block, id: old.id };
  }
}
