import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallVolume {
  readonly folder: string;
  unmount(): void;
}

/** A file system of so many megabytes in memory; or why there is none, which only root can make. */
export function mountSmallVolume(megabytes: number): SmallVolume | string {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-volume-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    rmdirSync(folder);
    return `No small file system could be mounted (${error instanceof Error ? error.message.split('\n')[0] : 'unknown'}).`;
  }
  return {
    folder,
    unmount() {
      execFileSync('umount', [folder]);
      rmdirSync(folder);
    },
  };
}
