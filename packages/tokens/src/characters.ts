/** What one character of a text becomes before words are cut into pieces. */
export type Form =
  /** Nothing, and it joins what stands on both sides: control and format characters. */
  | { readonly kind: 'dropped' }
  /** Nothing but part of the character before it: a combining mark. */
  | { readonly kind: 'mark' }
  | { readonly kind: 'space' }
  /** A word of its own: punctuation, a Chinese character. */
  | { readonly kind: 'alone'; readonly text: string }
  | { readonly kind: 'letter'; readonly text: string };

const DROPPED: Form = { kind: 'dropped' };
const MARK: Form = { kind: 'mark' };
const SPACE: Form = { kind: 'space' };

const CONTROL = /^[\p{Cc}\p{Cf}\p{Co}\p{Cs}]$/u;
const ASCII_PUNCTUATION = /^[!-/:-@[-`{-~]$/;
const PUNCTUATION = /^\p{P}$/u;
const WHITE_SPACE = /^\p{White_Space}$/u;
const MARKS = /\p{Mn}/gu;
const REPLACEMENT_CHARACTER = 0xfffd;

/** The blocks BERT takes for Chinese characters; the last but one begins where Google's code has it, not where the block does. */
const CHINESE: readonly (readonly [number, number])[] = [
  [0x4e00, 0x9fff],
  [0x3400, 0x4dbf],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b920, 0x2ceaf],
  [0xf900, 0xfaff],
  [0x2f800, 0x2fa1f],
];

/**
 * What BERT's uncased models make of one code point: control characters go, accents go, capitals become small, and each punctuation mark
 * and Chinese character stands alone. One code point may become several, each with its own form.
 */
export function formsOf(codePoint: number): readonly Form[] {
  const character = String.fromCodePoint(codePoint);
  if (codePoint === REPLACEMENT_CHARACTER) return [DROPPED];
  if (character === '\t' || character === '\n' || character === '\r') return [SPACE];
  if (CONTROL.test(character)) return [DROPPED];
  if (WHITE_SPACE.test(character)) return [SPACE];
  const text = character.normalize('NFD').replace(MARKS, '').toLowerCase();
  if (text === '') return [MARK];
  if (CHINESE.some(([first, last]) => codePoint >= first && codePoint <= last)) return [{ kind: 'alone', text }];
  return [...text].map((letter) => ({ kind: isPunctuation(letter) ? 'alone' : 'letter', text: letter }));
}

function isPunctuation(character: string): boolean {
  return ASCII_PUNCTUATION.test(character) || PUNCTUATION.test(character);
}
