import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface Bundle {
  readonly main: string;
  remove(): Promise<void>;
}

/** Bundles an entry point with the database threads beside it, as a service is bundled; libsql is native and stays outside. */
export async function bundleWithWorker(entry: URL): Promise<Bundle> {
  // Inside the package, so that what stays outside of the bundle is found.
  const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
  await mkdir(dist, { recursive: true });
  const outdir = await mkdtemp(join(dist, 'bundle-'));
  await build({
    entryPoints: {
      main: fileURLToPath(entry),
      'embedded-worker': fileURLToPath(new URL('../embedded/worker.ts', import.meta.url)),
      'embedded-checkpoint-worker': fileURLToPath(new URL('../embedded/checkpoint-worker.ts', import.meta.url)),
      'embedded-batches-worker': fileURLToPath(new URL('../batches/embedded/batches-worker.ts', import.meta.url)),
    },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['libsql'],
    logLevel: 'error',
  });
  return { main: join(outdir, 'main.mjs'), remove: () => rm(outdir, { recursive: true }) };
}
