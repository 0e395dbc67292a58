import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkGroups } from '../accept/offer-fields.ts';

/** One group a line, `#` begins a comment. Holds for its folder and all below that have none of their own. */
export const GROUPS_FILE = '.plinth-groups';
const LONGEST = 16_384;

/**
 * Groups that may read a file of the folder. Throws `invalid_request` where the groups file that holds for it names none: a mistake in it must
 * not open a file to the groups of the folder above. @param path From the root, with slashes.
 */
export async function groupsOf(root: string, path: string, fallback: readonly string[]): Promise<readonly string[]> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const text = await readGroups(join(root, folder, GROUPS_FILE));
    if (text !== undefined) return checkGroups(parseGroups(text));
    if (folder === '.') return checkGroups(fallback);
  }
}

function parseGroups(text: string): string[] {
  return text
    .slice(0, LONGEST)
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
}

async function readGroups(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}
