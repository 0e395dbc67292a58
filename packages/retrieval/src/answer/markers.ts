const MARKER = /[ \t]*[[【](?:(?:passages?|sources?)\s+)?(\d{1,3}(?:\s{0,4},\s{0,4}\d{1,3}){0,15})[\]】]/gi;

/** A sentence without the marks that its model put into it, and the passages they name, from 1. */
export interface Unmarked {
  readonly text: string;
  readonly claimed: readonly number[];
}

/** Takes out marks such as `[2]` and `[1, 3]`. A number that is of no passage is a number of the text, and stays. */
export function takeMarkers(sentence: string, passages: number): Unmarked {
  const claimed = new Set<number>();
  const text = sentence.replace(MARKER, (whole, list: string) => {
    const numbers = list.split(',').map(Number);
    if (!numbers.every((number) => number >= 1 && number <= passages)) return whole;
    for (const number of numbers) claimed.add(number);
    return '';
  });
  return { text: text.trim(), claimed: [...claimed] };
}
