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

/** Text of a paragraph; a word that was divided at the end of a line is whole again. */
export function joinLines(lines: readonly string[]): string {
  return lines.reduce((text, line) => {
    if (text === '') return line;
    return /\p{Ll}-$/u.test(text) && /^\p{Ll}/u.test(line) ? text.slice(0, -1) + line : `${text} ${line}`;
  }, '');
}
