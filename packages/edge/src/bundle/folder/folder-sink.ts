import { copyFile, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeDurably } from '../../site/durable-file.ts';
import { relativePath } from '../bundle-source.ts';
import type { BundleSink } from '../publish-bundle.ts';

/** Bundles into a folder: a medium to carry, or a laptop. */
export function openFolderSink(folder: string): BundleSink {
  const placed = async (path: string) => {
    const whole = join(folder, path);
    await mkdir(dirname(whole), { recursive: true });
    return whole;
  };
  return {
    put: async (path, content) => writeDurably(await placed(path), content),
    async putFile(object, from) {
      const to = await placed(relativePath(object));
      await copyFile(from, `${to}.new`);
      await rename(`${to}.new`, to);
    },
  };
}
