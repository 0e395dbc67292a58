import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectStoreContract } from '../../testing/object-store-contract.ts';
import { decodeKey, encodeKey, keyPath } from './key-path.ts';
import { openEmbeddedObjects } from './open.ts';

objectStoreContract('the folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-objects-'));
  return {
    objects: await openEmbeddedObjects({ folder }),
    close: () => rm(folder, { recursive: true }),
  };
});

describe('the path of a key', () => {
  const key = fc
    .array(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 90 }).filter((part) => !/[/]/.test(part)),
      { minLength: 1, maxLength: 5 },
    )
    .map((segments) => segments.join('/'));

  it('is of names a file system takes, leads out of no folder, and leads back to the key', () => {
    fc.assert(
      fc.property(key, (key) => {
        const { folders, file } = keyPath(key);
        for (const name of [...folders, file]) {
          expect(name).toMatch(/^[a-z0-9._%-]{2,255}$/);
          expect(['.', '..']).not.toContain(name);
        }
        expect(decodeKey(encodeKey(key))).toBe(key);
      }),
    );
  });

  it('is another for another key, whatever the case of their letters', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        const paths = [a, b].map((key) => [...keyPath(key).folders, keyPath(key).file].join('/').toLowerCase());
        expect(paths[0] === paths[1]).toBe(a === b);
      }),
    );
    expect(keyPath('A')).not.toEqual(keyPath('a'));
  });
});

describe('a folder of objects', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-objects-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is readable by its owner only, and keeps nothing half written', async () => {
    const objects = await openEmbeddedObjects({ folder });
    await objects.put('Acme/a', Buffer.from('x'), { maxBytes: 10 });
    expect(await readdir(join(folder, 'temporary'))).toEqual([]);
    expect((await stat(join(folder, 'objects'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, 'objects/%41cme.d/a.o'))).mode & 0o777).toBe(0o600);
  });

  it('takes away what a killed process left, once it is a day old', async () => {
    const left = join(folder, 'temporary', 'left');
    await writeFile(left, 'half');
    await openEmbeddedObjects({ folder });
    expect(await readdir(join(folder, 'temporary'))).toEqual(['left']);
    await openEmbeddedObjects({ folder, clock: { now: () => Date.now() + 25 * 3_600_000 } });
    expect(await readdir(join(folder, 'temporary'))).toEqual([]);
  });

  it('says so when a file is not one of its own, or has lost bytes', async () => {
    const objects = await openEmbeddedObjects({ folder });
    await objects.put('t/cut', Buffer.from('some bytes'), { maxBytes: 10 });
    await truncate(join(folder, 'objects/t.d/cut.o'), 40);
    await writeFile(join(folder, 'objects/t.d/other.o'), 'by hand');
    for (const key of ['t/cut', 't/other'])
      await expect(objects.get(key)).rejects.toMatchObject({ code: 'storage_failed' });
  });

  it('reads on what it has opened while another write takes its place', async () => {
    const objects = await openEmbeddedObjects({ folder });
    await objects.put('t/a', Buffer.alloc(500_000, 'a'), { maxBytes: 1e6 });
    const { body } = (await objects.get('t/a'))!;
    await objects.put('t/a', Buffer.alloc(500_000, 'b'), { maxBytes: 1e6 });
    let seen = '';
    for await (const part of body) seen += String(part);
    expect(seen).toBe('a'.repeat(500_000));
  });
});
