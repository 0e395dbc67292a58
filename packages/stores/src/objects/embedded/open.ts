import { mkdir, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import { systemClock, type Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../object-store.ts';
import { unlessMissing } from '../temporary-file.ts';
import { EmbeddedObjectStore } from './embedded-object-store.ts';

/** What a killed process left half written is taken away once it is this old, milliseconds. */
const LEFT_OVER_MS = 24 * 3_600_000;

export interface EmbeddedObjectsOptions {
  /** Made if it is not there, readable by its owner only. */
  readonly folder: string;
  readonly clock?: Clock;
}

/** Objects as files in `folder`. */
export async function openEmbeddedObjects(options: EmbeddedObjectsOptions): Promise<ObjectStore> {
  const { folder, clock = systemClock } = options;
  const folders = { objects: join(folder, 'objects'), temporary: join(folder, 'temporary') };
  try {
    for (const path of Object.values(folders)) await mkdir(path, { recursive: true, mode: 0o700 });
    await removeLeftOvers(folders.temporary, clock.now() - LEFT_OVER_MS);
  } catch (error) {
    throw new PlatformError('storage_failed', `Cannot write to the folder "${folder}". Check that it is yours.`, {
      cause: error,
    });
  }
  return new EmbeddedObjectStore(folders, clock);
}

async function removeLeftOvers(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(unlessMissing);
    if (found !== undefined && found.mtimeMs < before) await unlink(path).catch(unlessMissing);
  }
}
