import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { BundledModel, Digest } from '@plinth/contracts';
import type { ComposedBundle } from './compose-bundle.ts';
import { relativePath, type BundleObject } from './bundle-source.ts';

/** Where bundles are put for their site to find. */
export interface BundleSink {
  /** @param path Below the folder of the site's bundles. */
  put(path: string, content: Buffer): Promise<void>;
  /** Weights, where their model says they are. */
  putFile(object: BundleObject & { readonly kind: 'weights' }, from: string, digest: Digest): Promise<void>;
}

/** A model's weights on this machine. */
export interface LocalWeights {
  readonly model: BundledModel;
  /** Path on this machine by the path in the bundle. */
  readonly files: Readonly<Record<string, string>>;
}

/** Puts a bundle where its site looks. What it names comes first and `latest.json` last, so that a site never sees one whose parts are missing. */
export async function publishBundle(
  { parts, envelope, statement }: ComposedBundle,
  sink: BundleSink,
  weights: readonly LocalWeights[] = [],
): Promise<void> {
  for (const { model, files } of weights)
    for (const { path, sha256, bytes } of model.files)
      await sink.putFile({ kind: 'weights', model, path }, files[path]!, { sha256, bytes });
  for (const { sha256, content } of parts) await sink.put(relativePath({ kind: 'part', sha256 }), content);
  await sink.put(`envelopes/${statement.sequence}.json`, envelope);
  await sink.put('latest.json', envelope);
}

/** Size and SHA-256 of a file. */
export async function digestOf(path: string): Promise<Digest> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1_048_576 }), hash, { end: false });
  return { sha256: hash.digest('hex'), bytes: (await stat(path)).size };
}
