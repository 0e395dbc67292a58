import { createHash, randomUUID } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { tooLarge } from './bounds.ts';
import type { ObjectContent } from './object-store.ts';

/** A file on its way: what is written is counted and hashed, and never more than the bound. */
export class TemporaryFile {
  readonly path: string;
  readonly file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.file = file;
  }

  static async create(folder: string): Promise<TemporaryFile> {
    const path = join(folder, randomUUID());
    return new TemporaryFile(path, await open(path, 'wx+', 0o600));
  }

  /** Throws `request_too_large` past `maxBytes`, the reason of `signal` when it is aborted, and whatever the body throws. */
  async fill(
    body: Uint8Array | AsyncIterable<Uint8Array>,
    options: { readonly maxBytes: number; readonly signal?: AbortSignal },
  ): Promise<ObjectContent> {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const part of body instanceof Uint8Array ? [body] : body) {
      options.signal?.throwIfAborted();
      bytes += part.byteLength;
      if (bytes > options.maxBytes) throw tooLarge(options.maxBytes);
      hash.update(part);
      await writeAll(this.file, part);
    }
    options.signal?.throwIfAborted();
    return { bytes, sha256: hash.digest('hex') };
  }

  /** Closes it and takes its name away: what was linked or renamed before stays. */
  async remove(): Promise<void> {
    await this.file.close();
    await unlink(this.path).catch(unlessMissing);
  }
}

/** A write may take fewer bytes than it was given. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.byteLength;) {
    const { bytesWritten } = await file.write(bytes, from, bytes.byteLength - from);
    from += bytesWritten;
  }
}

export function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
