import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { BUNDLE_BOUNDS, BUNDLE_TYPE, BundleEnvelope, PlatformError } from '@plinth/contracts';
import { BundleRefused } from './refused.ts';

/** A public key that bundles are checked by, and the name signatures give it. */
export interface TrustedKey {
  readonly key: KeyObject;
  readonly keyid: string;
}

/** Reads an Ed25519 public key, SPKI in PEM. Its name is the SHA-256 of the SPKI in DER, as everybody can tell it. */
export function trustedKey(pem: string): TrustedKey {
  let key: KeyObject | undefined;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    throw new PlatformError('configuration', 'The key of bundles is no public key in PEM.', { cause });
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new PlatformError('configuration', `The key of bundles is ${key.asymmetricKeyType}, not Ed25519.`);
  return {
    key,
    keyid: createHash('sha256')
      .update(key.export({ type: 'spki', format: 'der' }))
      .digest('hex'),
  };
}

/** What a signature is over: type and payload with their lengths, so that neither can be taken for the other (DSSE 1.0, "PAE"). */
export function preAuthEncoding(type: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.byteLength} `;
  return Buffer.concat([Buffer.from(head, 'utf8'), payload]);
}

/**
 * The payload of an envelope that `trusted` has signed. Nothing of the payload is looked at before that is known, and what is read until then is bounded.
 *
 * @throws {BundleRefused}
 */
export function openEnvelope(bytes: Uint8Array, trusted: TrustedKey): Buffer {
  if (bytes.byteLength > BUNDLE_BOUNDS.envelopeBytes)
    throw new BundleRefused('over-size', `The bundle's envelope is over ${BUNDLE_BOUNDS.envelopeBytes} bytes.`);
  const read = BundleEnvelope.safeParse(parseJson(bytes, "The bundle's envelope"));
  if (!read.success)
    throw new BundleRefused('not-an-envelope', 'The bundle is no DSSE envelope.', { cause: read.error });
  const { payloadType, payload: encoded, signatures } = read.data;
  if (payloadType !== BUNDLE_TYPE)
    throw new BundleRefused('unknown-type', `What is signed is "${payloadType}", not a bundle of a site.`);
  const payload = Buffer.from(encoded, 'base64');
  const signed = preAuthEncoding(payloadType, payload);
  if (signed.byteLength > BUNDLE_BOUNDS.signedBytes)
    throw new BundleRefused('over-size', `What is signed is over ${BUNDLE_BOUNDS.signedBytes} bytes.`);
  // The name of a key is a hint for whom a signature is; only the signature itself is proof.
  const ours = signatures.filter(({ keyid }) => keyid === undefined || keyid === trusted.keyid);
  if (ours.length === 0)
    throw new BundleRefused(
      'unknown-key',
      `The bundle is signed by ${signatures.map(({ keyid }) => `"${keyid}"`).join(' and ')}; this site trusts "${trusted.keyid}" alone.`,
    );
  if (!ours.some(({ sig }) => verify(null, signed, trusted.key, Buffer.from(sig, 'base64'))))
    throw new BundleRefused(
      'bad-signature',
      "The bundle's signature does not hold: it was changed, or not signed by us.",
    );
  return payload;
}

/** Throws `not-json` without quoting what it was given. */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new BundleRefused('not-json', `${what} is not JSON.`);
  }
}
