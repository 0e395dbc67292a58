import { chmod, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@plinth/contracts';

/** Files are made before SQLite sees them, so that they never exist with wider rights; its log takes the rights of the file. */
export async function prepareFile(folder: string, name: string): Promise<string> {
  const file = join(folder, name);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await (await open(file, 'a', 0o600)).close();
    await chmod(file, 0o600);
  } catch (error) {
    throw new PlatformError('storage_failed', `Cannot write to the data folder "${folder}". Check that it is yours.`, {
      cause: error,
    });
  }
  return file;
}
