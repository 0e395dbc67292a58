import { statfs } from 'node:fs/promises';
import { PlatformError } from '@plinth/contracts';

export interface DiskReserveOptions {
  /** Bytes that can still be written. */
  readonly free: () => Promise<number>;
  /** Of those, bytes that are kept for the answers to what was accepted, and for their records. */
  readonly reserveBytes: number;
  readonly now?: () => number;
  /** How long a look holds, milliseconds. @default 500 */
  readonly everyMs?: number;
}

const RETRY_SECONDS = 60;

/** Says when to take nothing in any more: while there is still room to finish what was. */
export class DiskReserve {
  readonly #options: DiskReserveOptions;
  #look: { readonly at: number; readonly free: Promise<number> } | undefined;

  constructor(options: DiskReserveOptions) {
    this.#options = options;
  }

  /** Throws `disk_full` where less than the reserve is free. */
  async check(): Promise<void> {
    const { free, reserveBytes, now = () => performance.now(), everyMs = 500 } = this.#options;
    const at = now();
    if (this.#look === undefined || at - this.#look.at >= everyMs) this.#look = { at, free: free() };
    if ((await this.#look.free) >= reserveBytes) return;
    throw new PlatformError(
      'disk_full',
      'The disk of this site is nearly full, so it takes nothing new; what it has accepted is kept. Retry later.',
      { retryAfterSeconds: RETRY_SECONDS },
    );
  }
}

/** Bytes that who is not root can still write to the volume a folder is on. */
export async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    const message = 'The volume of the records does not answer. Check that it is there.';
    throw new PlatformError('storage_failed', message, { cause: error });
  }
}
