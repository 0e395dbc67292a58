import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batchStoreContract } from '../../testing/index.ts';
import { openEmbeddedBatches } from './index.ts';

batchStoreContract(
  'SQLite',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plinth-batches-'));
    const another = () => openEmbeddedBatches({ folder, durable: false });
    const store = await another();
    const close = async () => {
      await store.close();
      await rm(folder, { recursive: true });
    };
    return { store, another, close };
  },
  { runs: 150 },
);
