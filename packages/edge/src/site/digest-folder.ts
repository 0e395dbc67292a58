import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PlatformError, type Digest } from '@plinth/contracts';
import { syncFolder } from '@plinth/stores/objects/embedded';
import { requireDigest } from '../bundle/verify.ts';
import { freeBytes } from '../disk/disk-reserve.ts';

export interface DigestFolderOptions {
  readonly folder: string;
  /** Bytes that stay free for what serves. */
  readonly reserveBytes: number;
  /** Free bytes. @default those of the folder's file system */
  readonly free?: (folder: string) => Promise<number>;
  /** Longest silence while bytes come, milliseconds. @default 60_000 */
  readonly silenceMs?: number;
}

/** Opens what is to be fetched, from a byte on. */
export type OpenFrom = (from: number, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;

const PARTIAL = '.partial';

/** Files named by what is in them: a file is there whole and checked, or not at all. */
export class DigestFolder {
  readonly #options: DigestFolderOptions;

  constructor(options: DigestFolderOptions) {
    this.#options = options;
  }

  path(sha256: string): string {
    return join(this.#options.folder, sha256);
  }

  read({ sha256 }: Digest): Promise<Buffer> {
    return readFile(this.path(sha256));
  }

  /** Which of these are not there. */
  async missing<T extends Digest>(wanted: readonly T[]): Promise<T[]> {
    await mkdir(this.#options.folder, { recursive: true });
    const there = await Promise.all(
      wanted.map(async (digest) => (await sizeOf(this.path(digest.sha256))) === digest.bytes),
    );
    return wanted.filter((_, index) => !there[index]);
  }

  /** Throws `disk_full` when there is no room for these and the reserve. */
  async requireRoom(wanted: readonly Digest[]): Promise<void> {
    const { folder, reserveBytes, free = freeBytes } = this.#options;
    const begun = await Promise.all(wanted.map(({ sha256 }) => sizeOf(this.path(sha256) + PARTIAL)));
    const needed = wanted.reduce((sum, { bytes }, index) => sum + bytes - (begun[index] ?? 0), 0);
    if (needed > 0 && needed + reserveBytes > (await free(folder))) throw diskFull(needed);
  }

  /**
   * Fetches a file, going on where an earlier try was broken off.
   *
   * @throws {BundleRefused} `truncated` or `tampered`; {PlatformError} `disk_full`, or whatever `from` throws.
   */
  async fetch(what: string, digest: Digest, from: OpenFrom, signal: AbortSignal): Promise<void> {
    const partial = this.path(digest.sha256) + PARTIAL;
    let whole = false;
    try {
      const got = await this.#receive(partial, digest, from, signal);
      whole = true;
      requireDigest(what, digest, got);
      await rename(partial, this.path(digest.sha256));
      await syncFolder(this.#options.folder);
    } catch (error) {
      const full = (error as NodeJS.ErrnoException).code === 'ENOSPC';
      // What is wrong, or in the way of what serves, is no beginning of anything.
      if (whole || full) await rm(partial, { force: true });
      throw full ? diskFull(digest.bytes, error) : error;
    }
  }

  /** Removes everything but these, and what was begun of others. */
  async keepOnly(kept: readonly Digest[]): Promise<void> {
    const names = new Set(kept.map(({ sha256 }) => sha256));
    const there = await readdir(this.#options.folder).catch(() => []);
    const superfluous = there.filter((name) => !names.has(name));
    await Promise.all(superfluous.map((name) => rm(join(this.#options.folder, name), { force: true })));
  }

  async #receive(partial: string, digest: Digest, from: OpenFrom, signal: AbortSignal): Promise<Digest> {
    const hash = createHash('sha256');
    let bytes = await hashSoFar(partial, digest.bytes, hash);
    const silence = new AbortController();
    const { silenceMs = 60_000 } = this.#options;
    const tooQuiet = () =>
      silence.abort(new PlatformError('upstream_timeout', 'Nothing more came of a file that was being fetched.'));
    const timer = setTimeout(tooQuiet, silenceMs);
    const file = await open(partial, 'a', 0o600);
    try {
      const stop = AbortSignal.any([signal, silence.signal]);
      if (bytes < digest.bytes)
        for await (const chunk of await from(bytes, stop)) {
          stop.throwIfAborted();
          timer.refresh();
          bytes += chunk.byteLength;
          if (bytes > digest.bytes) break;
          hash.update(chunk);
          await file.writeFile(chunk);
        }
      await file.sync();
      return { bytes, sha256: hash.digest('hex') };
    } catch (error) {
      signal.throwIfAborted();
      silence.signal.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
      await file.close();
    }
  }
}

/** What an earlier try left, unless it is more than there is to fetch. */
async function hashSoFar(partial: string, most: number, hash: Hash): Promise<number> {
  const size = (await sizeOf(partial)) ?? 0;
  if (size > most) {
    await rm(partial, { force: true });
    return 0;
  }
  if (size > 0) await pipeline(createReadStream(partial), hash, { end: false });
  return size;
}

function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}

export function diskFull(bytes: number, cause?: unknown): PlatformError {
  return new PlatformError('disk_full', `There is no room on the site's disk for ${bytes} bytes of a new bundle.`, {
    cause,
  });
}
