import { randomUUID } from 'node:crypto';
import { link, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { PlatformError } from '@plinth/contracts';
import type { Clock } from '../../ports/clock.ts';
import { checkKey, checkMetadata, OBJECT_BOUNDS } from '../bounds.ts';
import type { ObjectHead, ObjectStore, ObjectSummary, StoredObject } from '../object-store.ts';
import { TemporaryFile, unlessMissing, writeAll } from '../temporary-file.ts';
import { makeFolders, syncFolder } from './durable-folder.ts';
import { KeyLock } from './key-lock.ts';
import { keyPath } from './key-path.ts';
import { encodeTrailer, readTrailer, type Trailer } from './trailer.ts';
import { walk } from './walk.ts';

/**
 * Objects as files. A write goes to a temporary file, is flushed, takes its place in one step, and its folder is flushed. Every process that
 * has the folder open reads and writes safely; a deletion of one version is exact among those of one process.
 */
export class EmbeddedObjectStore implements ObjectStore {
  readonly #objects: string;
  readonly #temporary: string;
  readonly #clock: Clock;
  readonly #lock = new KeyLock();

  constructor(folders: { readonly objects: string; readonly temporary: string }, clock: Clock) {
    this.#objects = folders.objects;
    this.#temporary = folders.temporary;
    this.#clock = clock;
  }

  async put(...[key, body, options]: Parameters<ObjectStore['put']>): Promise<Awaited<ReturnType<ObjectStore['put']>>> {
    if (typeof key === 'string') checkKey(key);
    const { contentType = 'application/octet-stream', metadata = {}, ifAbsent = false, signal } = options;
    checkMetadata(metadata);
    const file = await onDisk(() => TemporaryFile.create(this.#temporary));
    try {
      const content = await onDisk(() => file.fill(body, options));
      const name = typeof key === 'string' ? key : key(content);
      checkKey(name);
      const modifiedAt = this.#clock.now();
      const trailer: Trailer = { ...content, version: randomUUID(), contentType, metadata, modifiedAt };
      const created = await onDisk(async () => {
        await writeAll(file.file, encodeTrailer(trailer));
        await file.file.sync();
        const path = keyPath(name);
        const folder = await makeFolders(this.#objects, path.folders);
        signal?.throwIfAborted();
        return this.#lock.run(name, () => place(file.path, folder, path.file, ifAbsent));
      });
      return { key: name, ...content, created };
    } finally {
      await file.remove();
    }
  }

  async get(...[key, options = {}]: Parameters<ObjectStore['get']>): Promise<StoredObject | undefined> {
    options.signal?.throwIfAborted();
    const file = await this.#open(key);
    if (file === undefined) return undefined;
    try {
      const trailer = await onDisk(() => readTrailer(file));
      const { first = 0, last = trailer.bytes - 1 } = options.range ?? {};
      const end = Math.min(last, trailer.bytes - 1);
      const body =
        first > end
          ? Readable.from([])
          : file.createReadStream({ start: first, end, autoClose: true, signal: options.signal });
      if (first > end) await file.close();
      return { ...headOf(key, trailer), body };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async head(...[key, options = {}]: Parameters<ObjectStore['head']>): Promise<ObjectHead | undefined> {
    options.signal?.throwIfAborted();
    const file = await this.#open(key);
    if (file === undefined) return undefined;
    try {
      return headOf(key, await onDisk(() => readTrailer(file)));
    } finally {
      await file.close();
    }
  }

  async delete(...[key, options = {}]: Parameters<ObjectStore['delete']>): Promise<boolean> {
    options.signal?.throwIfAborted();
    checkKey(key);
    const { folders, file } = keyPath(key);
    const folder = join(this.#objects, ...folders);
    return this.#lock.run(key, async () => {
      if (options.version !== undefined && (await this.head(key))?.version !== options.version) return false;
      return onDisk(async () => {
        const gone = await unlink(join(folder, file)).then(() => true, unlessMissing);
        if (gone === undefined) return false;
        await syncFolder(folder);
        return true;
      });
    });
  }

  async *list(...[prefix, options = {}]: Parameters<ObjectStore['list']>): AsyncIterable<readonly ObjectSummary[]> {
    const { pageSize = OBJECT_BOUNDS.pageSize, signal } = options;
    let page: ObjectSummary[] = [];
    for await (const key of walk(this.#objects, prefix)) {
      signal?.throwIfAborted();
      const head = await this.head(key);
      if (head === undefined) continue;
      page.push({ key, bytes: head.bytes, modifiedAt: head.modifiedAt });
      if (page.length < pageSize) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  async #open(key: string): Promise<FileHandle | undefined> {
    checkKey(key);
    const { folders, file } = keyPath(key);
    return onDisk(() => open(join(this.#objects, ...folders, file), 'r').catch(unlessMissing));
  }
}

function headOf(key: string, trailer: Trailer): ObjectHead {
  return { key, etag: trailer.sha256, ...trailer };
}

/** A link is refused where a name is taken, in one step; a rename replaces, in one step. */
async function place(from: string, folder: string, name: string, ifAbsent: boolean): Promise<boolean> {
  const to = join(folder, name);
  if (!ifAbsent) await rename(from, to);
  else {
    const linked = await link(from, to).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
        return false;
      },
    );
    if (!linked) return false;
  }
  await syncFolder(folder);
  return true;
}

/** What a file system says becomes ours; anything else that is thrown on the way stays what it is. */
async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    throw new PlatformError('storage_failed', `The object store cannot use its folder (${code}). Check its disk.`, {
      cause: error,
    });
  }
}
