import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedObjects } from '@plinth/stores/objects/embedded';
import type { ObjectStore } from '@plinth/stores/objects';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryIndex } from '../testing/memory-index.ts';
import { Acceptor } from './accept.ts';
import { sweepObjects } from './sweep-objects.ts';

const DAY = 24 * 3_600_000;
const { signal } = new AbortController();
let folder: string;
let now: number;
let objects: ObjectStore;
let index: MemoryIndex;
let acceptor: Acceptor;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-sweep-'));
  now = Date.now();
  objects = await openEmbeddedObjects({ folder, clock: { now: () => now } });
  index = new MemoryIndex(() => now);
  acceptor = new Acceptor({ index, objects });
});
afterEach(() => rm(folder, { recursive: true }));

const accept = (documentId: string, text: string) =>
  acceptor.accept({ tenant: 'a/b', documentId, name: 'x.txt', groups: ['g'], body: Buffer.from(text) }, { signal });
const sweep = () => sweepObjects({ index, objects, now: () => now, signal });

describe('the sweep of originals', () => {
  it('removes what nothing needs once it is a day old, and nothing else', async () => {
    const { record } = await accept('kept', 'kept');
    const orphan = await acceptor.keep('a/b', Buffer.from('orphan'), { signal });
    expect(await sweep()).toBe(0);
    now += DAY + 1;
    const young = await acceptor.keep('a/b', Buffer.from('young'), { signal });
    expect(await sweep()).toBe(1);
    expect(await objects.head(orphan.key)).toBeUndefined();
    expect(await objects.head(young.key)).toBeDefined();
    expect(await objects.head(`a/b/${record.contentHash}`)).toBeDefined();
  });

  it('leaves what is sent again at any moment of it', async () => {
    for (const moment of ['referenced', 'delete'] as const) {
      const text = `raced at ${moment}`;
      const { key } = await acceptor.keep('a/b', Buffer.from(text), { signal });
      now += DAY + 1;
      let raced = false;
      const race = async () => {
        if (!raced) await accept(`doc at ${moment}`, text);
        raced = true;
      };
      await sweepObjects({
        now: () => now,
        signal,
        index: {
          referenced: async (tenant, keys) => {
            if (moment === 'referenced') await race();
            const needed = await index.referenced(tenant, keys);
            if (moment === 'delete') await race();
            return needed;
          },
        },
        objects,
      });
      expect(raced).toBe(true);
      expect(await objects.head(key)).toBeDefined();
    }
  });

  it('leaves a store alone that does not tell writes apart', async () => {
    const { key } = await acceptor.keep('a/b', Buffer.from('orphan'), { signal });
    now += DAY + 1;
    const plain: ObjectStore = {
      put: (...args) => objects.put(...args),
      get: (...args) => objects.get(...args),
      list: (...args) => objects.list(...args),
      delete: (...args) => objects.delete(...args),
      head: async (...args) => {
        const head = await objects.head(...args);
        return head && { ...head, version: undefined };
      },
    };
    expect(await sweepObjects({ index, objects: plain, now: () => now, signal })).toBe(0);
    expect(await objects.head(key)).toBeDefined();
  });
});
