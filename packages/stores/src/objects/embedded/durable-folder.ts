import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A name that was put into a folder or taken out of it survives a power cut only once the folder itself was written. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes folders below `root`, durably, readable by their owner only. */
export async function makeFolders(root: string, folders: readonly string[]): Promise<string> {
  let path = root;
  for (const folder of folders) {
    path = join(path, folder);
    const made = await mkdir(path, { mode: 0o700 }).then(() => true, unlessThere);
    if (made) await syncFolder(dirname(path));
  }
  return path;
}

function unlessThere(error: NodeJS.ErrnoException): false {
  if (error.code !== 'EEXIST') throw error;
  return false;
}
