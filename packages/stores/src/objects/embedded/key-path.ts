/** Names end in what they are, so that the keys `a` and `a/b` can both be: a folder, a file, or a part of a name that was too long for one. */
export const FOLDER = '.d';
export const FILE = '.o';
export const PART = '.p';

/** File systems take names of 255 bytes. */
const LONGEST_NAME = 240;
const KEPT = /[a-z0-9._-]/;

/**
 * A key as the store writes it: lower-case letters, digits and `. _ - /` as they are, every other byte of its UTF-8 as `%xx`. No two keys share
 * a name, not even where a file system folds case. What starts alike does so written, too.
 */
export function encodeKey(key: string): string {
  let name = '';
  for (const byte of Buffer.from(key)) {
    const character = String.fromCharCode(byte);
    name += character === '/' || KEPT.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
  }
  return name;
}

export function decodeKey(encoded: string): string {
  return decodeURIComponent(encoded);
}

/** Folders and file of a checked key, from the store's own folder. */
export function keyPath(key: string): { readonly folders: readonly string[]; readonly file: string } {
  const folders = encodeKey(key)
    .split('/')
    .flatMap((name) => {
      const parts: string[] = [];
      let rest = name;
      for (; rest.length > LONGEST_NAME; rest = rest.slice(LONGEST_NAME))
        parts.push(rest.slice(0, LONGEST_NAME) + PART);
      return [...parts, rest + FOLDER];
    });
  const last = folders.pop() ?? '';
  return { folders, file: last.slice(0, -FOLDER.length) + FILE };
}
