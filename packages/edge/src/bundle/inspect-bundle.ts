import { createHash } from 'node:crypto';
import { PlatformError, type BundleContents, type BundlePartName, type Digest } from '@plinth/contracts';
import type { BundleObject, BundleSource } from './bundle-source.ts';
import { readPart, requireDigest, verifyBundle, type VerifiedStatement, type VerifyOptions } from './verify.ts';

export interface InspectOptions extends VerifyOptions {
  readonly source: BundleSource;
  /** Reads all the weights as well. */
  readonly weights: boolean;
  readonly signal: AbortSignal;
}

/** Checks the newest bundle of a source as its site would, without a site. @throws {BundleRefused} with what is wrong. */
export async function inspectBundle(
  options: InspectOptions,
): Promise<VerifiedStatement & { readonly contents: BundleContents }> {
  const { source, weights, signal } = options;
  const latest = await source.latest(undefined, { signal });
  if (latest === undefined || latest === 'unchanged')
    throw new PlatformError('not_found', 'There is no latest.json: nothing was ever published there.');
  const verified = verifyBundle(latest.envelope, options);
  const { parts } = verified.statement;
  const read = async <K extends BundlePartName>(name: K) => {
    const chunks: Uint8Array[] = [];
    const { sha256, bytes } = parts[name];
    await drain({ kind: 'part', sha256 }, bytes, options, (chunk) => chunks.push(chunk));
    return readPart(name, Buffer.concat(chunks), parts[name]);
  };
  const contents = {
    models: await read('models'),
    policy: await read('policy'),
    keys: await read('keys'),
    budgets: await read('budgets'),
  };
  if (weights)
    for (const model of contents.models.weights)
      for (const { path, ...digest } of model.files) {
        const hash = createHash('sha256');
        const object = { kind: 'weights' as const, model, path };
        const bytes = await drain(object, digest.bytes, options, (chunk) => hash.update(chunk));
        requireDigest(`${path} of ${model.name}`, digest, { bytes, sha256: hash.digest('hex') });
      }
  return { ...verified, contents };
}

/** Reads an object, and of one that is too long not much more than it should have. @returns How many bytes there were. */
async function drain(
  object: BundleObject,
  most: Digest['bytes'],
  { source, signal }: Pick<InspectOptions, 'source' | 'signal'>,
  take: (chunk: Uint8Array) => void,
): Promise<number> {
  let bytes = 0;
  for await (const chunk of await source.open(object, { from: 0, signal })) {
    bytes += chunk.byteLength;
    take(chunk);
    if (bytes > most) break;
  }
  return bytes;
}
