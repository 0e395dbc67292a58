import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import {
  auditLogContract,
  conversationStoreContract,
  keyStoreContract,
  ledgerContract,
  ManualClock,
  MIDDAY,
} from '../testing/index.ts';
import type { EmbeddedStores } from './index.ts';
import { DATABASE_FILE, openEmbeddedStores } from './index.ts';

async function openTemporary(clock?: ManualClock): Promise<EmbeddedStores & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-stores-'));
  const stores = await openEmbeddedStores({ folder, durable: false, ...(clock && { clock }) });
  const close = async () => {
    await stores.close();
    await rm(folder, { recursive: true });
  };
  return { ...stores, folder, close };
}

ledgerContract(
  'SQLite',
  async () => {
    const clock = new ManualClock(MIDDAY);
    return { ...(await openTemporary(clock)), clock };
  },
  { runs: 150 },
);
keyStoreContract('SQLite', openTemporary);
conversationStoreContract('SQLite', openTemporary);

auditLogContract('SQLite', async () => {
  let stores: Awaited<ReturnType<typeof openTemporary>> | undefined;
  return {
    open: async () => {
      await stores?.close();
      stores = await openTemporary();
      return stores.audit;
    },
    // A second connection, as another process would have.
    tamper: async (change) => {
      const db = new Database(join(stores!.folder, DATABASE_FILE));
      const rows = db.prepare('SELECT first, lines FROM audit_segments').all() as { first: number; lines: string }[];
      for (const row of rows) {
        const changed = change(row);
        db.prepare('DELETE FROM audit_segments WHERE first = ?').run(row.first);
        if (changed) db.prepare('INSERT INTO audit_segments VALUES (?, ?)').run(changed.first, changed.lines);
      }
      db.close();
    },
    close: async () => stores?.close(),
  };
});
