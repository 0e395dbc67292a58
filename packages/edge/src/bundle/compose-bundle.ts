import { createHash, createPrivateKey, createPublicKey, sign as signBytes } from 'node:crypto';
import {
  BUNDLE_BOUNDS,
  BUNDLE_PARTS,
  BUNDLE_TYPE,
  BundleStatement,
  PlatformError,
  type BundleContents,
  type BundleEnvelope,
  type BundlePartName,
  type Digest,
} from '@plinth/contracts';
import * as z from 'zod/mini';
import { preAuthEncoding, trustedKey } from './dsse.ts';

/** Signs with one Ed25519 key. */
export interface BundleSigner {
  /** As `TrustedKey` has it. */
  keyid(): Promise<string>;
  /** @param message At most 4096 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Signs with a key in a file: for laptops. PKCS #8 in PEM. */
export function fileSigner(privateKeyPem: string): BundleSigner {
  const key = createPrivateKey(privateKeyPem);
  const { keyid } = trustedKey(createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString());
  return { keyid: async () => keyid, sign: async (message) => signBytes(null, message, key) };
}

export interface NewBundle extends Pick<BundleStatement, 'site' | 'sequence'> {
  readonly issuedAt: Date;
  readonly notAfter: Date;
  readonly contents: BundleContents;
}

/** A bundle as it is published: the parts by their digests first, and the envelope that names them last. */
export interface ComposedBundle {
  readonly statement: BundleStatement;
  readonly parts: readonly (Digest & { readonly content: Buffer })[];
  readonly envelope: Buffer;
}

/** Writes a bundle's parts, and has the statement that names them signed. Throws `configuration` for what a site would refuse. */
export async function composeBundle(bundle: NewBundle, signer: BundleSigner): Promise<ComposedBundle> {
  const { site, sequence, issuedAt, notAfter, contents } = bundle;
  const written = (Object.keys(BUNDLE_PARTS) as BundlePartName[]).map((name) => {
    const content = Buffer.from(JSON.stringify(checked(name, BUNDLE_PARTS[name], contents[name])));
    return { name, content, bytes: content.byteLength, sha256: createHash('sha256').update(content).digest('hex') };
  });
  const statement = checked('bundle', BundleStatement, {
    version: 1,
    site,
    sequence,
    issuedAt: issuedAt.toISOString(),
    notAfter: notAfter.toISOString(),
    parts: Object.fromEntries(written.map(({ name, sha256, bytes }) => [name, { sha256, bytes }])),
  });
  const payload = Buffer.from(JSON.stringify(statement));
  const message = preAuthEncoding(BUNDLE_TYPE, payload);
  if (message.byteLength > BUNDLE_BOUNDS.signedBytes)
    throw new PlatformError('configuration', `What would be signed is over ${BUNDLE_BOUNDS.signedBytes} bytes.`);
  const sig = Buffer.from(await signer.sign(message)).toString('base64');
  const envelope: BundleEnvelope = {
    payloadType: BUNDLE_TYPE,
    payload: payload.toString('base64'),
    signatures: [{ keyid: await signer.keyid(), sig }],
  };
  return {
    statement,
    parts: written.map(({ name: _, ...part }) => part),
    envelope: Buffer.from(JSON.stringify(envelope)),
  };
}

function checked<T extends z.core.$ZodType>(what: string, schema: T, value: unknown): z.output<T> {
  const read = z.safeParse(schema, value);
  if (read.success) return read.data;
  const issues = read.error.issues.map(({ path, message }) => `${path.map(String).join('.')} ${message}`.trim());
  throw new PlatformError('configuration', `The ${what} cannot be published: ${issues.join('; ')}.`);
}
