import { createHash } from 'node:crypto';
import {
  BUNDLE_PARTS,
  BundleStatement,
  type BundleContents,
  type BundlePartName,
  type Digest,
} from '@plinth/contracts';
import { openEnvelope, parseJson, type TrustedKey } from './dsse.ts';
import { BundleRefused } from './refused.ts';

/** A statement that was signed for this site, and what tells it from every other. */
export interface VerifiedStatement {
  readonly statement: BundleStatement;
  /** SHA-256 of what was signed, in hexadecimal. */
  readonly digest: string;
}

export interface VerifyOptions {
  readonly key: TrustedKey;
  readonly site: string;
  /** Milliseconds since the epoch; absent: a bundle that was taken before is read again, whenever it held. */
  readonly now?: number;
}

/** How far a site's clock may be behind the one bundles are dated by, milliseconds. */
const SKEW_MS = 5 * 60_000;

/** Checks an envelope for a site. @throws {BundleRefused} */
export function verifyBundle(envelope: Uint8Array, { key, site, now }: VerifyOptions): VerifiedStatement {
  const payload = openEnvelope(envelope, key);
  const json = parseJson(payload, 'What is signed');
  if ((json as { version?: unknown } | null)?.version !== 1)
    throw new BundleRefused(
      'unknown-version',
      'The bundle is of a version that this site does not know. Update the site first.',
    );
  const read = BundleStatement.safeParse(json);
  if (!read.success) throw malformed('What is signed', read.error);
  const statement = read.data;
  if (statement.site !== site)
    throw new BundleRefused('wrong-site', `The bundle is for site "${statement.site}", not for "${site}".`);
  if (now !== undefined) requireHolding(statement, now);
  return { statement, digest: createHash('sha256').update(payload).digest('hex') };
}

function requireHolding({ issuedAt, notAfter }: BundleStatement, now: number): void {
  if (Date.parse(issuedAt) > now + SKEW_MS)
    throw new BundleRefused(
      'not-yet-valid',
      `The bundle is of ${issuedAt}, which is yet to come. Check the site's clock.`,
    );
  if (Date.parse(notAfter) < now)
    throw new BundleRefused('expired', `The bundle held until ${notAfter}. Publish a new one.`);
}

/** One part, held against what was signed. @throws {BundleRefused} */
export function readPart<K extends BundlePartName>(name: K, bytes: Uint8Array, signed: Digest): BundleContents[K] {
  requireDigest(`The bundle's ${name}`, signed, {
    bytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
  const read = BUNDLE_PARTS[name].safeParse(parseJson(bytes, `The bundle's ${name}`));
  if (!read.success) throw malformed(`The bundle's ${name}`, read.error);
  return read.data as BundleContents[K];
}

/** Throws `truncated` or `tampered` unless bytes are what was signed. */
export function requireDigest(what: string, signed: Digest, { bytes, sha256 }: Digest): void {
  if (bytes < signed.bytes) throw new BundleRefused('truncated', `${what} has ${bytes} of ${signed.bytes} bytes.`);
  if (bytes > signed.bytes || sha256 !== signed.sha256)
    throw new BundleRefused('tampered', `${what} is not what was signed: its SHA-256 or size is another.`);
}

function malformed(
  what: string,
  error: { readonly issues: readonly { path: PropertyKey[]; message: string }[] },
): BundleRefused {
  const [first] = error.issues;
  const where = first === undefined ? '' : `: ${first.path.map(String).join('.')} ${first.message}`;
  return new BundleRefused('not-a-bundle', `${what} is not as a bundle must be${where}.`);
}
