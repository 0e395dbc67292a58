/**
 * Where the end of `text` may be the first part of something whose rest is not written yet. What is before that offset can be judged for
 * good; what is after it has to wait. Errs towards waiting.
 */
export function openTailStart(text: string): number {
  const word = openWordStart(text, text.length);
  return Math.min(word, openRun(GROUPED_NUMBER, text, word), openRun(PEM_HEADER, text, text.length));
}

/** Start of a run that ends at `end`, moved to the beginning of the word it starts in. */
function openRun(pattern: RegExp, text: string, end: number): number {
  const match = pattern.exec(text.slice(Math.max(0, end - MAX_RUN), end));
  return match === null ? end : openWordStart(text, end - match[0].length);
}

const MAX_RUN = 64;
/** Digit groups with single separators may be one number (card, phone, account); capital letters and digits one IBAN. */
const GROUPED_NUMBER =
  /(?:(?<![\p{L}\p{N}])[A-Z]{2}\d{2}[A-Z0-9]*(?: [A-Z0-9]{1,4})*|[+(]*\d[\d().+-]*(?: [\d().+-]+)*) ?$/u;
const PEM_HEADER = /-----(?:[A-Z][A-Z ]*-{0,5})?$/;

/** First character of the unfinished word at the end: letters, digits and whatever holds an address, a key or a token together. */
function openWordStart(text: string, end: number): number {
  let start = end;
  while (start > 0 && isWordCharacter(text.charCodeAt(start - 1)) && !endsWithEmoji(text, start)) start--;
  return start;
}

/**
 * Whether a UTF-16 code unit may stand inside an unfinished word. Scripts that are written without spaces are left out: each of their
 * characters stands for itself, and text in them must not wait for a space that never comes.
 */
export function isWordCharacter(code: number): boolean {
  if (code < 128) return (ASCII_WORD[code >> 5]! & (1 << (code & 31))) !== 0;
  return !OUTSIDE_WORDS.some(([first, last]) => code >= first && code <= last);
}

const ASCII_WORD = new Int32Array(4);
for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-@/=~(') {
  const code = character.charCodeAt(0);
  ASCII_WORD[code >> 5]! |= 1 << (code & 31);
}

/** Code units: Latin-1 punctuation, Thai and Lao, Myanmar, Khmer, general punctuation and symbols, CJK and Kana, CJK compatibility, full-width forms. */
const OUTSIDE_WORDS: readonly (readonly [number, number])[] = [
  [0x80, 0xa9],
  [0xe00, 0xeff],
  [0x1000, 0x109f],
  [0x1780, 0x17ff],
  [0x2000, 0x2bff],
  [0x2e80, 0xa4cf],
  [0xf900, 0xfaff],
  [0xfe10, 0xffef],
];

/** Emoji are the surrogate pairs with these first halves; other pairs may be letters. */
function endsWithEmoji(text: string, end: number): boolean {
  const high = text.charCodeAt(end - 2);
  const low = text.charCodeAt(end - 1);
  return low >= 0xdc00 && low <= 0xdfff && high >= 0xd83c && high <= 0xd83e;
}
