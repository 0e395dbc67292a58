import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

const PREFIX = 'plinth';
const ID = /^[a-z0-9]{16}$/;
const SECRET = /^[A-Za-z0-9_-]{43}$/;

export interface IssuedApiKey {
  /** Shown once, never stored. */
  readonly key: string;
  readonly keyId: string;
  readonly secretHash: string;
}

/** A new key, `plinth_<id>_<secret>`: 80 bits of public id to look it up by, 256 bits of secret to prove it. */
export function issueApiKey(): IssuedApiKey {
  const keyId = [...randomBytes(16)].map((byte) => (byte % 32).toString(32)).join('');
  const key = `${PREFIX}_${keyId}_${randomBytes(32).toString('base64url')}`;
  return { key, keyId, secretHash: hashApiKey(key) };
}

/** The public id of a well-formed key, or undefined: what is malformed costs no look-up. */
export function apiKeyId(key: string): string | undefined {
  const [prefix, id, ...rest] = key.split('_');
  const secret = rest.join('_');
  return prefix === PREFIX && id !== undefined && ID.test(id) && SECRET.test(secret) ? id : undefined;
}

/**
 * Hex SHA-256 of the whole key. A fast hash is right here: the secret has 256 random bits, so there is nothing for a slow hash to protect.
 */
export function hashApiKey(key: string): string {
  return hash('sha256', key, 'hex');
}

/** Compares in constant time. */
export function apiKeyMatches(key: string, secretHash: string): boolean {
  const given = hash('sha256', key, 'buffer');
  const stored = Buffer.from(secretHash, 'hex');
  return given.length === stored.length && timingSafeEqual(given, stored);
}
