import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlatformError } from '@plinth/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openLibrary } from '../testing/library-harness.ts';
import { FolderMirror } from './folder-mirror.ts';

let library: Awaited<ReturnType<typeof openLibrary>>;
let root: string;
let folder: string;
let mirror: FolderMirror;
let refused: [string, PlatformError][];
beforeEach(async () => {
  library = await openLibrary({ maxBytes: 1_000 });
  root = await mkdtemp(join(tmpdir(), 'plinth-folder-'));
  folder = join(root, 'docs');
  await mkdir(join(folder, 'hr/deep'), { recursive: true });
  refused = [];
  mirror = newMirror();
});
afterEach(async () => {
  await mirror.close();
  await library.close();
  await rm(root, { recursive: true });
});

function newMirror(): FolderMirror {
  return new FolderMirror({
    folder,
    tenant: 'acme',
    idPrefix: 'docs/',
    groups: ['everyone'],
    acceptor: library.acceptor,
    index: library.index,
    onRefused: (path, error) => refused.push([path, error]),
  });
}

const write = (path: string, text: string) => writeFile(join(folder, path), text);

/** Documents as the index's jobs have them: id to groups. */
async function documents(): Promise<Record<string, readonly string[]>> {
  const found = await library.index.findAll('acme', { prefix: '', limit: 1_000 });
  return Object.fromEntries(found.map(({ documentId, groups }) => [documentId, groups]));
}

const becomes = (expected: Record<string, readonly string[]>) =>
  vi.waitFor(async () => expect(await documents()).toEqual(expected), { timeout: 10_000, interval: 50 });

describe('a mirrored folder', () => {
  it('has its files in the index, with the groups of the nearest groups file', async () => {
    await write('a.md', 'a');
    await write('hr/b.txt', 'b');
    await write('hr/deep/c.csv', 'c');
    await write('hr/.plinth-groups', '# who may read\nhr\nboard # and they\n');
    await mirror.start();
    expect(await documents()).toEqual({
      'docs/a.md': ['everyone'],
      'docs/hr/b.txt': ['board', 'hr'],
      'docs/hr/deep/c.csv': ['board', 'hr'],
    });
    expect((await library.index.find({ tenant: 'acme', documentId: 'docs/hr/b.txt' }))?.metadata).toEqual({
      folder: 'docs/hr',
    });
  });

  it('leaves alone dot files, other kinds of files, and whatever a link leads to', async () => {
    await writeFile(join(root, 'outside.md'), 'secret');
    await mkdir(join(folder, '.git'));
    await write('.git/x.md', 'x');
    await write('.hidden.md', 'x');
    await write('program.exe', 'x');
    await symlink(join(root, 'outside.md'), join(folder, 'link.md'));
    await symlink(root, join(folder, 'up'));
    await symlink(join(folder, 'hr'), join(folder, 'inside'));
    await write('hr/a.md', 'a');
    await mirror.start();
    expect(await documents()).toEqual({ 'docs/hr/a.md': ['everyone'] });
  });

  it('is followed: new, changed, moved and deleted files, and groups that change', async () => {
    await write('a.md', 'a');
    await mirror.start();
    await write('hr/new.md', 'new');
    await becomes({ 'docs/a.md': ['everyone'], 'docs/hr/new.md': ['everyone'] });
    await write('a.md', 'changed');
    await vi.waitFor(
      async () => expect((await library.index.find({ tenant: 'acme', documentId: 'docs/a.md' }))?.version).toBe(2),
      10_000,
    );
    await rename(join(folder, 'hr/new.md'), join(folder, 'moved.md'));
    await becomes({ 'docs/a.md': ['everyone'], 'docs/moved.md': ['everyone'] });
    await write('.plinth-groups', 'staff');
    await becomes({ 'docs/a.md': ['staff'], 'docs/moved.md': ['staff'] });
    await rm(join(folder, 'moved.md'));
    await becomes({ 'docs/a.md': ['staff'] });
    await rm(join(folder, 'a.md'));
    await symlink(join(root, 'outside.md'), join(folder, 'a.md'));
    await becomes({});
  });

  it('is caught up with at start: what came, changed and went while nobody watched', async () => {
    await write('kept.md', 'kept');
    await write('gone.md', 'gone');
    await write('changed.md', 'before');
    await library.index.offer({
      tenant: 'acme',
      documentId: 'elsewhere/x.md',
      title: 'x',
      mediaType: 'text/plain',
      bytes: 1,
      contentHash: 'x',
      groups: ['g'],
      metadata: {},
      objectKey: 'acme/x',
    });
    await mirror.start();
    await mirror.close();
    await rm(join(folder, 'gone.md'));
    await write('changed.md', 'after');
    await write('new.md', 'new');
    mirror = newMirror();
    await mirror.start();
    expect(Object.keys(await documents())).toEqual([
      'docs/changed.md',
      'docs/kept.md',
      'docs/new.md',
      'elsewhere/x.md',
    ]);
    const versions = library.index.jobs.map(({ job }) => `${job.kind} ${job.documentId} ${job.version}`);
    expect(versions.slice(4)).toEqual(
      expect.arrayContaining(['put docs/changed.md 2', 'delete docs/gone.md 2', 'put docs/new.md 1']),
    );
    expect(versions).toHaveLength(7);
  });

  it('tells of a file it cannot take, and goes on with the others', async () => {
    await write('big.md', 'x'.repeat(1_001));
    await write('ok.md', 'ok');
    await write('hr/.plinth-groups', '# nobody yet\n');
    await write('hr/closed.md', 'closed');
    await mirror.start();
    expect(await documents()).toEqual({ 'docs/ok.md': ['everyone'] });
    expect(refused.map(([path, { code }]) => [path, code]).sort()).toEqual([
      ['big.md', 'request_too_large'],
      ['hr/closed.md', 'invalid_request'],
    ]);
  });
});
