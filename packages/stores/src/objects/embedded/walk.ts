import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { unlessMissing } from '../temporary-file.ts';
import { decodeKey, encodeKey, FILE, FOLDER, PART } from './key-path.ts';

/** Keys that start with `prefix`, folder by folder, holding the names of one folder a level in memory. */
export function walk(root: string, prefix: string): AsyncGenerator<string> {
  return below(root, '', encodeKey(prefix));
}

async function* below(folder: string, above: string, prefix: string): AsyncGenerator<string> {
  const names = (await readdir(folder).catch(unlessMissing)) ?? [];
  for (const name of names.sort()) {
    const key = above + name.slice(0, -FILE.length);
    if (name.endsWith(FILE)) {
      if (key.startsWith(prefix)) yield decodeKey(key);
      continue;
    }
    const start = name.endsWith(FOLDER) ? `${key}/` : name.endsWith(PART) ? key : undefined;
    if (start !== undefined && (start.startsWith(prefix) || prefix.startsWith(start)))
      yield* below(join(folder, name), start, prefix);
  }
}
