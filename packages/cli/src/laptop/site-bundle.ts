import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { BundleContents } from '@plinth/contracts';
import {
  composeBundle,
  fileSigner,
  inspectBundle,
  openFolderSink,
  openFolderSource,
  publishBundle,
  trustedKey,
} from '@plinth/edge';

export interface SiteBundleOptions {
  /** Where the key is and the bundles are. */
  readonly folder: string;
  readonly site: string;
  readonly contents: BundleContents;
  readonly now?: number;
}

const DAY_MS = 86_400_000;
const HOLDS_MS = 30 * DAY_MS;

/**
 * Sees to it that the laptop's site finds a bundle that holds for a while yet, signed by a key that was made at the first start. One that says the
 * same already is left as it is.
 *
 * @returns The public key, and the folder the site looks in.
 */
export async function publishSiteBundle({ folder, site, contents, now = Date.now() }: SiteBundleOptions) {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const privateKey = await bundleKey(join(folder, 'bundle-key.pem'));
  const publicKey = createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'pem' }).toString();
  const bundles = join(folder, 'bundles');
  const there = await inspectBundle({
    source: openFolderSource(bundles),
    key: trustedKey(publicKey),
    site,
    now: now + HOLDS_MS / 2,
    weights: false,
    signal: AbortSignal.timeout(10_000),
  }).catch(() => undefined);
  if (there === undefined || !isDeepStrictEqual(there.contents, JSON.parse(JSON.stringify(contents)))) {
    const dates = { issuedAt: new Date(now), notAfter: new Date(now + HOLDS_MS) };
    const sequence = Math.max(Math.floor(now / 1_000), (there?.statement.sequence ?? 0) + 1);
    await publishBundle(
      await composeBundle({ site, sequence, ...dates, contents }, fileSigner(privateKey)),
      openFolderSink(bundles),
    );
  }
  return { publicKey, bundles };
}

async function bundleKey(path: string): Promise<string> {
  const kept = await readFile(path, 'utf8').catch(() => undefined);
  if (kept !== undefined) return kept;
  const made = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await writeFile(path, made, { mode: 0o600, flag: 'wx' });
  return made;
}
