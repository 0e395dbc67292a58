import { randomBytes } from 'node:crypto';
import { PlatformError } from '@plinth/contracts';

/** How long temporary credentials are good for: as long as Cognito's, milliseconds. */
const LIFETIME_MS = 60 * 60 * 1_000;
/** Most temporary keys remembered; the oldest goes first. */
const MAX_ISSUED = 1_000;

export interface TemporaryCredentials {
  accessKeyId: string;
  secretKey: string;
  sessionToken: string;
  /** Unix milliseconds. */
  expiresAt: number;
}

/** The access key ids this server lets in: those it was told of (all, when told of none) and those it issued itself. */
export class AccessKeys {
  readonly #known: ReadonlySet<string> | undefined;
  readonly #issued = new Map<string, number>();
  readonly #now: () => number;

  constructor(known: readonly string[] | undefined, now: () => number = Date.now) {
    this.#known = known && new Set(known);
    this.#now = now;
  }

  issue(): TemporaryCredentials {
    const accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
    const expiresAt = this.#now() + LIFETIME_MS;
    const oldest = this.#issued.keys().next();
    if (this.#issued.size >= MAX_ISSUED && !oldest.done) this.#issued.delete(oldest.value);
    this.#issued.set(accessKeyId, expiresAt);
    const secretKey = randomBytes(30).toString('base64');
    return { accessKeyId, secretKey, sessionToken: randomBytes(64).toString('base64'), expiresAt };
  }

  /** Throws `invalid_token` (ExpiredTokenException) or `invalid_api_key` (UnrecognizedClientException). */
  check(accessKeyId: string): void {
    const expiresAt = this.#issued.get(accessKeyId);
    if (expiresAt !== undefined && expiresAt <= this.#now()) {
      throw new PlatformError('invalid_token', 'The security token included in the request is expired.');
    }
    if (expiresAt !== undefined || this.#known === undefined || this.#known.has(accessKeyId)) return;
    throw new PlatformError('invalid_api_key', 'The security token included in the request is invalid.');
  }
}
