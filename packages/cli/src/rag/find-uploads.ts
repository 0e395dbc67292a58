import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, relative, resolve, sep } from 'node:path';
import { PlatformError } from '@plinth/contracts';

export interface Upload {
  readonly file: string;
  /** The path below the folder, with slashes, behind the prefix. */
  readonly id: string;
  readonly name: string;
}

const DOCUMENTS = new Set(['.csv', '.docx', '.htm', '.html', '.json', '.markdown', '.md', '.pdf', '.txt']);
const MOST = 10_000;

/** A file, whatever it is called, or the documents below a folder, in order. Hidden ones and links are passed over. */
export async function findUploads(path: string, prefix: string): Promise<Upload[]> {
  const top = resolve(path);
  const found = await stat(top).catch(() => undefined);
  if (found === undefined) throw new PlatformError('configuration', `There is no file or folder "${path}".`);
  if (!found.isDirectory()) return [{ file: top, id: `${prefix}${basename(top)}`, name: basename(top) }];
  const uploads: Upload[] = [];
  const folders = [top];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift())
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const file = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(file);
      else if (entry.isFile() && DOCUMENTS.has(extname(entry.name).toLowerCase()))
        uploads.push({ file, id: `${prefix}${relative(top, file).split(sep).join('/')}`, name: entry.name });
      if (uploads.length > MOST)
        throw new PlatformError(
          'configuration',
          `"${path}" holds over ${MOST} documents. Send its folders one by one.`,
        );
    }
  if (uploads.length === 0)
    throw new PlatformError('configuration', `"${path}" holds no documents (${[...DOCUMENTS].join(' ')}).`);
  return uploads.sort((a, b) => (a.id < b.id ? -1 : 1));
}
