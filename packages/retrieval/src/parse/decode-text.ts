/** Bytes as text: by their byte order mark, as UTF-8 where they are that, else as windows-1252, in which any bytes are some text. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8: an older file.
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
