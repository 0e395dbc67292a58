/** The few ways a terminal sets text apart. Without color every one leaves the text as it is. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
  cyan(text: string): string;
}

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  cyan: [36, 39],
} as const;

export function styleFor(color: boolean): Style {
  const set = (name: keyof typeof codes) => (text: string) =>
    color && text !== '' ? `\u001B[${codes[name][0]}m${text}\u001B[${codes[name][1]}m` : text;
  return {
    bold: set('bold'),
    dim: set('dim'),
    red: set('red'),
    yellow: set('yellow'),
    green: set('green'),
    cyan: set('cyan'),
  };
}

/** Cuts to a width in characters, with a mark where something is missing. */
export function cut(text: string, width: number): string {
  const characters = [...text.replaceAll(/\s+/g, ' ')];
  return characters.length <= width ? characters.join('') : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}
