import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, relative, sep } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import type { DocumentIndex } from '@plinth/retrieval';
import { watch, type FSWatcher } from 'chokidar';
import type { Acceptor } from '../accept/accept.ts';
import { isWanted, listFiles, ownFile } from './folder-files.ts';
import { GROUPS_FILE, groupsOf } from './folder-groups.ts';

export interface FolderMirrorOptions {
  /** Absolute. */
  readonly folder: string;
  readonly tenant: string;
  /** Before every document's id, for example `handbook/`: what the index has under it is this folder's, and leaves with its file. */
  readonly idPrefix: string;
  /** Groups of files that no `.plinth-groups` file holds for. */
  readonly groups: readonly string[];
  readonly acceptor: Acceptor;
  readonly index: Pick<DocumentIndex, 'forget' | 'findAll'>;
  /** Told of a deletion that waits for a worker. */
  readonly wake?: () => void;
  /** One file was refused, by its path. The others go on. */
  readonly onRefused: (path: string, error: PlatformError) => void;
}

const MOST_FILES = 100_000;
const PAGE = 500;
/** A file that has not changed for this long is taken as written, milliseconds. */
const SETTLED_MS = 300;

/**
 * Keeps the index as a folder is. At start everything is compared, so what happened while nobody watched is caught up with; an unchanged file
 * costs a hash. Dot files and links are left alone. One file at a time, so that events of one file keep their order.
 */
export class FolderMirror {
  readonly #options: FolderMirrorOptions;
  readonly #closing = new AbortController();
  #watcher: FSWatcher | undefined;
  /** Paths to look at, and whether everything is to be compared. */
  readonly #due = new Set<string>();
  #all = false;
  #working: Promise<void> | undefined;

  constructor(options: FolderMirrorOptions) {
    this.#options = options;
  }

  /** Resolves once the folder is watched and the index's jobs hold what is in it. */
  async start(): Promise<void> {
    const { folder } = this.#options;
    const watcher = watch(folder, {
      ignoreInitial: true,
      followSymlinks: false,
      awaitWriteFinish: { stabilityThreshold: SETTLED_MS, pollInterval: SETTLED_MS / 3 },
      ignored: (path) => path !== folder && basename(path).startsWith('.') && basename(path) !== GROUPS_FILE,
    });
    this.#watcher = watcher;
    watcher.on('all', (_event, path) => this.#noticed(relative(folder, path).split(sep).join('/')));
    watcher.on('error', (error) => this.#options.onRefused('.', PlatformError.from(error)));
    await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
    this.#all = true;
    await this.#work();
  }

  /** Resolves once everything that was noticed is in the index's jobs. */
  async settled(): Promise<void> {
    await this.#working;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#watcher?.close();
    await this.#working;
  }

  #noticed(path: string): void {
    // Groups hold for everything below.
    if (basename(path) === GROUPS_FILE) this.#all = true;
    else if (isWanted(path)) this.#due.add(path);
    else return;
    void this.#work();
  }

  #work(): Promise<void> {
    this.#working ??= this.#lookAtAll().finally(() => {
      this.#working = undefined;
    });
    return this.#working;
  }

  async #lookAtAll(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      if (this.#all) {
        this.#all = false;
        await this.#attempt('.', () => this.#compare());
      }
      const [path] = this.#due;
      if (path === undefined) {
        if (this.#all) continue;
        return;
      }
      this.#due.delete(path);
      await this.#attempt(path, () => this.#lookAt(path));
    }
  }

  /** Whatever goes wrong with one file is told, and the others go on. */
  async #attempt(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#options.onRefused(path, PlatformError.from(error));
    }
  }

  /** Everything in the folder and everything the index has of it. */
  async #compare(): Promise<void> {
    const { folder, tenant, idPrefix, index } = this.#options;
    const { paths, more } = await listFiles(folder, { most: MOST_FILES, signal: this.#closing.signal });
    for (const path of paths) this.#due.add(path);
    if (more)
      throw new PlatformError(
        'request_too_large',
        `The folder has over ${MOST_FILES} files. The rest is left out; split it.`,
      );
    let after: string | undefined;
    for (;;) {
      const page = await index.findAll(tenant, { prefix: idPrefix, after, limit: PAGE });
      for (const { documentId } of page) this.#due.add(documentId.slice(idPrefix.length));
      after = page.at(-1)?.documentId;
      if (page.length < PAGE) return;
    }
  }

  /** The file as it is now decides, not what was told of it: events may be late or come together. */
  async #lookAt(path: string): Promise<void> {
    const { folder, tenant, idPrefix, groups, acceptor, index, wake } = this.#options;
    const documentId = idPrefix + path;
    const file = isWanted(path) ? await ownFile(folder, path) : undefined;
    if (file === undefined) {
      if (await index.forget({ tenant, documentId })) wake?.();
      return;
    }
    // Should it have become a link since it was looked at, it is not opened.
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      await acceptor.accept(
        {
          tenant,
          documentId,
          name: basename(path),
          groups: await groupsOf(folder, path, groups),
          metadata: { folder: (idPrefix + dirname(path)).replace(/\/?\.$/, '') },
          body: handle.createReadStream({ autoClose: false }),
        },
        { signal: this.#closing.signal },
      );
    } finally {
      await handle.close();
    }
  }
}
