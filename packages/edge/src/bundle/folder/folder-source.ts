import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUNDLE_BOUNDS, PlatformError } from '@plinth/contracts';
import { BundleRefused } from '../refused.ts';
import { relativePath, type BundleSource } from '../bundle-source.ts';

/** Bundles in a folder: a medium that is carried to a site without a link, or a laptop. Weights are always below it. */
export function openFolderSource(folder: string): BundleSource {
  const latest = join(folder, 'latest.json');
  return {
    async latest(tag, { signal }) {
      const envelope = await readBounded(latest, signal).catch(absent);
      if (envelope === undefined) return undefined;
      const found = createHash('sha256').update(envelope).digest('hex');
      return found === tag ? 'unchanged' : { envelope, tag: found };
    },
    async open(object, { from, signal }) {
      const path = join(folder, relativePath(object));
      const file = await open(path).catch(absent);
      if (file === undefined)
        throw new PlatformError('not_found', `The bundle's folder has no ${relativePath(object)}.`);
      return createReadStream(path, { fd: file, start: from, signal });
    },
  };
}

async function readBounded(path: string, signal: AbortSignal): Promise<Uint8Array> {
  const file = await open(path);
  try {
    if ((await file.stat()).size > BUNDLE_BOUNDS.envelopeBytes)
      throw new BundleRefused('over-size', `The bundle's envelope is over ${BUNDLE_BOUNDS.envelopeBytes} bytes.`);
    return await readFile(file, { signal });
  } finally {
    await file.close();
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error instanceof PlatformError) throw error;
  if (error.code === 'ENOENT') return undefined;
  throw new PlatformError('upstream_failed', `The folder of bundles cannot be read (${error.code ?? error.name}).`, {
    cause: error,
  });
}
