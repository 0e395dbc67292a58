import type { Citation, Span } from '../api/rag/answer-stream.ts';

/** A source of an answer, by the number it is cited with. */
export interface NumberedSource {
  number: number;
  citation: Citation;
}

/** Where a source is cited, or a part without one starts or ends. */
export type Mark =
  | { kind: 'source'; at: number; number: number }
  | { kind: 'unsupported-start'; at: number }
  | { kind: 'unsupported-end'; at: number };

/** Each quoted place once, in the order of the answer; numbers start at 1. */
export function numberSources(citations: readonly Citation[]): NumberedSource[] {
  const numbered = new Map<string, NumberedSource>();
  for (const citation of inOrder(citations)) {
    const place = placeOf(citation);
    if (!numbered.has(place)) numbered.set(place, { number: numbered.size + 1, citation });
  }
  return [...numbered.values()];
}

/** Marks of an answer in the order of its text, each inside it. One place of the answer cites a source once. */
export function marksOf(textLength: number, citations: readonly Citation[], unsupported: readonly Span[]): Mark[] {
  const numbers = new Map(numberSources(citations).map(({ number, citation }) => [placeOf(citation), number]));
  const seen = new Set<string>();
  const marks: Mark[] = inOrder(citations).flatMap((citation): Mark[] => {
    const at = Math.min(citation.at.end, textLength);
    const number = numbers.get(placeOf(citation)) ?? 0;
    const once = `${at} ${number}`;
    if (seen.has(once)) return [];
    seen.add(once);
    return [{ kind: 'source', at, number }];
  });
  let end = 0;
  for (const span of [...unsupported].sort((a, b) => a.start - b.start)) {
    // Overlapping parts would open what is open already.
    if (span.start < end || span.start >= textLength || span.end <= span.start) continue;
    end = Math.min(span.end, textLength);
    marks.push({ kind: 'unsupported-start', at: span.start }, { kind: 'unsupported-end', at: end });
  }
  const rank = { 'unsupported-end': 0, source: 1, 'unsupported-start': 2 };
  return marks.sort((a, b) => a.at - b.at || rank[a.kind] - rank[b.kind]);
}

/*
 * Marks travel through the Markdown as characters of their own. They are of Unicode's punctuation, so that emphasis beside them still opens and
 * closes, and of a script (Devanagari editorial signs) that answers do not hold; where one does, it is shown as U+FFFD.
 */
const OPEN = '\uA8F8';
const CLOSE = '\uA8F9';
const CITE = '\uA8FA';
const OURS = /[\uA8F8-\uA8FA]/g;

/** What block syntax may stand in front of a sentence's first word: a mark before it would make a list a paragraph. */
const LEADING = /^(?:\s|>|[-*+](?=\s)|\d{1,9}[.)](?=\s)|#{1,6}(?=\s))+/;

/** The answer's Markdown with its marks written in. */
export function writeMarks(text: string, marks: readonly Mark[]): string {
  const clean = text.replace(OURS, '\uFFFD');
  let out = '';
  let from = 0;
  for (const mark of marks) {
    const at = Math.max(from, placeFor(clean, mark));
    out += clean.slice(from, at);
    from = at;
    if (mark.kind === 'unsupported-start') out += OPEN;
    else if (mark.kind === 'unsupported-end') out += CLOSE;
    // A bare address takes everything up to a space into itself.
    else out += `${/(?:https?:\/\/|www\.)\S*$/i.test(out.slice(-2_000)) ? ' ' : ''}${CITE}${mark.number}${CITE}`;
  }
  return out + clean.slice(from);
}

function placeFor(text: string, mark: Mark): number {
  if (mark.kind === 'unsupported-start')
    return mark.at + (LEADING.exec(text.slice(mark.at, mark.at + 200))?.[0].length ?? 0);
  // Not on the line after the sentence, where it could belong to the next block.
  const before = text.slice(Math.max(0, mark.at - 200), mark.at);
  return mark.at - (before.length - before.trimEnd().length);
}

/** A piece of rendered text. */
export type TextPiece =
  { kind: 'text'; text: string } | { kind: 'source'; number: number } | { kind: 'open' } | { kind: 'close' };

/** Rendered text, taken apart at its marks. */
export function readMarks(text: string): TextPiece[] {
  return text
    .split(/(\uA8FA\d+\uA8FA|[\uA8F8\uA8F9])/)
    .filter((piece) => piece !== '')
    .map((piece): TextPiece => {
      if (piece === OPEN) return { kind: 'open' };
      if (piece === CLOSE) return { kind: 'close' };
      const number = /^\uA8FA(\d+)\uA8FA$/.exec(piece)?.[1];
      return number === undefined
        ? { kind: 'text', text: piece.replace(OURS, '') }
        : { kind: 'source', number: Number(number) };
    });
}

/** Rendered text without its marks: for addresses and titles. */
export function withoutMarks(text: string): string {
  return text.replace(/\uA8FA\d+\uA8FA|[\uA8F8-\uA8FA]/g, '').replace(/(?:%EA%A3%BA\d+%EA%A3%BA|%EA%A3%B[89A])/gi, '');
}

function inOrder(citations: readonly Citation[]): Citation[] {
  return [...citations].sort((a, b) => a.at.end - b.at.end);
}

function placeOf({ documentId, version, source, quote }: Citation): string {
  return JSON.stringify([documentId, version, source?.start, source?.end, source === undefined ? quote : '']);
}
