import { sentencesOf } from '../answer/sentences.ts';
import type { Block } from '../ports/document.ts';
import type { TokenCounter } from './chunk-document.ts';

/** A piece of text that is not cut any further: UTF-16 offsets. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly tokens: number;
  readonly page: number | undefined;
  /** Whether the next chunk may begin with it again. */
  readonly repeatable: boolean;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The pieces of a block, none of more tokens than there is room for: a row, a record or code in one where it fits, text by sentences. */
export function piecesOf(text: string, block: Block, room: number, tokens: TokenCounter): Piece[] {
  const whole = block.kind === 'table-row' || block.kind === 'record' || block.kind === 'code';
  const piece = ({ start, end }: Span): Piece => ({
    start,
    end,
    tokens: tokens.count(text.slice(start, end)),
    page: block.page,
    repeatable: !whole,
  });
  if (whole) {
    const one = piece(block);
    if (one.tokens <= room) return [one];
  }
  const content = text.slice(block.start, block.end);
  const parts = whole || block.kind === 'list-item' ? spans(content, /[^\n]+/g) : sentencesOf(content);
  return parts.flatMap((part) => {
    const one = piece(shifted(part, block.start));
    return one.tokens <= room ? [one] : wordsIn(text, one, room, tokens).map(piece);
  });
}

function shifted({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by };
}

function spans(text: string, pattern: RegExp): Span[] {
  return [...text.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
}

/** Runs of words that fit; a word that does not fit by itself is cut by characters. */
function wordsIn(text: string, whole: Span, room: number, tokens: TokenCounter): Span[] {
  const runs: { start: number; end: number }[] = [];
  let used = 0;
  const take = (word: Span, count: number): void => {
    const run = runs.at(-1);
    if (run === undefined || used + count > room) {
      runs.push({ ...word });
      used = count;
    } else {
      run.end = word.end;
      used += count;
    }
  };
  for (const found of spans(text.slice(whole.start, whole.end), /\S+/g)) {
    const word = shifted(found, whole.start);
    const count = tokens.count(text.slice(word.start, word.end));
    if (count <= room) take(word, count);
    // A part of a word fills the room: next to another one both would count for more than their sum.
    else for (const part of cut(text, word, room)) take(part, room);
  }
  return runs;
}

/** No tokenizer makes more than four tokens of a UTF-16 code unit: a byte each at most. */
function cut(text: string, { start, end }: Span, room: number): Span[] {
  const parts: Span[] = [];
  for (let at = start; at < end;) {
    let next = Math.min(end, at + Math.max(2, Math.floor(room / 4)));
    if (next < end && /[\udc00-\udfff]/.test(text[next]!)) next--;
    parts.push({ start: at, end: next });
    at = next;
  }
  return parts;
}
