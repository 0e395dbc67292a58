import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import type { Database } from '../../ports/database.ts';
import { DatabaseThread } from './database-thread.ts';
import { EmbeddedDatabase } from './embedded-database.ts';
import { lockFolder } from './folder-lock.ts';

export interface EmbeddedDatabaseOptions {
  /** Made if it is not there, readable by its owner only. One process at a time. */
  readonly folder: string;
  /**
   * Megabytes of PostgreSQL's page cache. An index of 100,000 passages is about 350.
   * @default 256
   */
  readonly sharedBuffersMb?: number;
  /**
   * Transactions that may wait for their turn.
   * @default 256
   */
  readonly queueLimit?: number;
}

/** PostgreSQL with pgvector in this process (PGlite), on a thread of its own, its data in `folder`. */
export async function openEmbeddedDatabase(options: EmbeddedDatabaseOptions): Promise<Database> {
  const { folder, sharedBuffersMb = 256, queueLimit = 256 } = options;
  await prepare(folder);
  const lock = await lockFolder(folder);
  const start = () => DatabaseThread.start({ folder: join(folder, 'postgres'), sharedBuffersMb });
  try {
    return new EmbeddedDatabase({ first: await start(), restart: start, queueLimit, onClose: () => lock.release() });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function prepare(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
  } catch (error) {
    throw new PlatformError('storage_failed', `Cannot write to the data folder "${folder}". Check that it is yours.`, {
      cause: error,
    });
  }
}
