/** What windows-1252 has from 0x80 on, where Latin-1 has control characters. A zero: nothing. */
const WINDOWS = '€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ';

/** Bytes as text: by their byte order mark, as UTF-8 where they are that, else as windows-1252, in which any bytes are some text. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const text = new TextDecoder('utf-8').decode(bytes);
    // An older file; or UTF-8 with a byte or two that are broken, as at the end of a file that was cut off.
    return isMostlyWhole(text) ? text : decodeWindows(bytes);
  }
}

/** Bytes of windows-1252 are characters of UTF-8 almost never. */
function isMostlyWhole(text: string): boolean {
  let [whole, broken] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0xfffd) broken++;
    else if (unit > 0x7f) whole++;
  }
  return whole > broken;
}

/** Not by `TextDecoder`: that of some versions of Node.js reads Latin-1 under this name, and quotes and dashes are lost. */
function decodeWindows(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return text.replace(/[\u0080-\u009f]/g, (character) => WINDOWS[character.charCodeAt(0) - 0x80]!);
}
