/** A piece of text on a page, as the PDF places it: points from the lower left corner. */
export interface Piece {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly size: number;
}

export interface Line {
  readonly text: string;
  readonly y: number;
  readonly size: number;
}

/** Pieces to lines, in the order that the page gives them: those of one height belong together. */
export function linesOf(pieces: readonly Piece[]): Line[] {
  const lines: { text: string; y: number; size: number; end: number }[] = [];
  for (const { text, x, y, width, size } of pieces) {
    const line = lines.at(-1);
    if (line !== undefined && Math.abs(line.y - y) <= Math.max(2, size * 0.3)) {
      const apart = x - line.end > size * 0.15 && !/\s$/.test(line.text) && !/^\s/.test(text);
      line.text += (apart ? ' ' : '') + text;
      line.end = x + width;
      line.size = Math.max(line.size, size);
    } else lines.push({ text, y, size, end: x + width });
  }
  return lines.map(({ text, y, size }) => ({ text: text.trim(), y, size })).filter(({ text }) => text !== '');
}

/** Text of a paragraph; a word that was divided at the end of a line is whole again, and a hyphen before a capital stays. */
export function joinLines(lines: readonly string[]): string {
  return lines.reduce((text, line) => {
    if (text === '') return line;
    if (!/\p{L}-$/u.test(text)) return `${text} ${line}`;
    if (/\p{Ll}-$/u.test(text) && /^\p{Ll}/u.test(line)) return text.slice(0, -1) + line;
    return /^\p{L}/u.test(line) ? text + line : `${text} ${line}`;
  }, '');
}

/** From line to line within a paragraph, in points: a quarter of a page's gaps are that small where it has paragraphs at all. */
export function usualGap(lines: readonly Line[]): number {
  const gaps = lines.slice(1).map((line, index) => lines[index]!.y - line.y);
  const near = gaps.filter((gap, index) => gap > 0 && gap < lines[index]!.size * 3).sort((a, b) => a - b);
  return near[Math.floor(near.length / 4)] ?? 0;
}

/** Whether two lines are too far from one another to be of one paragraph; single and double spacing have each their own measure. */
export function isApart(above: Line, below: Line, gap: number): boolean {
  return Math.abs(above.y - below.y) > Math.min(below.size * 2.6, Math.max(below.size * 1.5, gap * 1.4));
}
