import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Clock } from '../ports/clock.ts';
import { systemClock } from '../ports/clock.ts';
import type { ConversationStore } from '../ports/conversation-store.ts';
import type { KeyStore } from '../ports/key-store.ts';
import type { Ledger } from '../ports/ledger.ts';
import { EmbeddedAuditLog } from './embedded-audit-log.ts';
import { EmbeddedConversationStore } from './embedded-conversation-store.ts';
import { EmbeddedKeyStore } from './embedded-key-store.ts';
import { EmbeddedLedger } from './embedded-ledger.ts';
import { GroupCommit } from './group-commit.ts';

export interface EmbeddedStoresOptions {
  /** Made if it is not there, readable by its owner only. */
  readonly folder: string;
  readonly clock?: Clock;
  /**
   * False lets the operating system write when it likes: a power cut loses what was promised.
   * @default true
   */
  readonly durable?: boolean;
}

export interface EmbeddedStores {
  readonly ledger: Ledger;
  readonly audit: AuditLog;
  readonly keys: KeyStore;
  readonly conversations: ConversationStore;
  close(): Promise<void>;
}

export const DATABASE_FILE = 'plinth.db';

/** Files are made before SQLite sees them, so that they never exist with wider rights; its log takes the rights of the file. */
async function prepareFile(folder: string): Promise<string> {
  const file = join(folder, DATABASE_FILE);
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

/** Everything the platform keeps, in one SQLite file in `folder`. Several processes may have it open at once. */
export async function openEmbeddedStores(options: EmbeddedStoresOptions): Promise<EmbeddedStores> {
  const { folder, clock = systemClock, durable = true } = options;
  const file = await prepareFile(folder);
  const queue = await GroupCommit.open({ file, durable, chain: randomUUID() });
  return {
    ledger: new EmbeddedLedger(queue, clock),
    audit: new EmbeddedAuditLog(queue),
    keys: new EmbeddedKeyStore(queue),
    conversations: new EmbeddedConversationStore(queue),
    close: () => queue.close(),
  };
}
