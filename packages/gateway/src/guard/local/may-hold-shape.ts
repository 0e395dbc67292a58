/**
 * A quick look that lets most prose through: no shape we look for is without a digit, an at sign, five dashes or an unbroken run of
 * sixteen letters. One pass over the text; the same as a regular expression takes ten times as long.
 */
export function mayHoldShape(text: string): boolean {
  let run = 0;
  let dashes = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const kind = code < 128 ? KINDS[code] : BREAK;
    if (kind === TELLING) return true;
    run = kind === BREAK ? 0 : run + 1;
    dashes = kind === DASH ? dashes + 1 : 0;
    if (run === LONG_RUN || dashes === MANY_DASHES) return true;
  }
  return false;
}

const LONG_RUN = 16;
const MANY_DASHES = 5;

const BREAK = 0;
const LETTER = 1;
const DASH = 2;
const TELLING = 3;

const KINDS = new Uint8Array(128);
for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_')
  KINDS[character.charCodeAt(0)] = LETTER;
for (const character of '0123456789@') KINDS[character.charCodeAt(0)] = TELLING;
KINDS['-'.charCodeAt(0)] = DASH;
