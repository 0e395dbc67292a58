import { lstat, readdir, realpath } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { isDocumentName } from '../accept/media-type.ts';

/** Files that would be indexed, as paths from the root with slashes, in order. Bounded: past `most` the rest is left out and `more` is true. */
export async function listFiles(
  root: string,
  options: { readonly most: number; readonly signal: AbortSignal },
): Promise<{ readonly paths: readonly string[]; readonly more: boolean }> {
  const paths: string[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    options.signal.throwIfAborted();
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.name.startsWith('.')) continue;
      // A link is neither a file nor a folder here, wherever it leads.
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() && isDocumentName(entry.name)) paths.push(path);
      if (paths.length > options.most) return { paths: paths.slice(0, options.most).sort(), more: true };
    }
  }
  return { paths: paths.sort(), more: false };
}

/** Whether a path from the root, with slashes, is one that would be indexed: no dot files, nothing below a dot folder. */
export function isWanted(path: string): boolean {
  return !path.split('/').some((part) => part.startsWith('.')) && isDocumentName(basename(path));
}

/** The file itself, or undefined where it is gone, is no file, or is reached through a link. */
export async function ownFile(root: string, path: string): Promise<string | undefined> {
  const file = join(root, path);
  try {
    const real = await realpath(root);
    // What a link led to would be another path than the one asked for.
    if ((await realpath(file)) !== real + sep + path.split('/').join(sep)) return undefined;
    return (await lstat(file)).isFile() ? file : undefined;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
