import { PlatformError } from '@plinth/contracts';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';

export interface TokenSignatureOptions {
  readonly issuer: string;
  readonly jwksUri: URL;
  /** Replaces the remote key set. */
  readonly keys?: JWTVerifyGetKey;
}

/** The claims of a token whose signature, issuer and expiry hold. @throws PlatformError */
export type CheckToken = (token: string) => Promise<JWTPayload>;

const GENERIC = errors.JOSEError.code;

/** The one module that imports jose, so that it can be loaded at the first token. */
export function createCheckToken({ issuer, jwksUri, keys }: TokenSignatureOptions): CheckToken {
  const keySet =
    keys ??
    createRemoteJWKSet(jwksUri, {
      timeoutDuration: 5_000,
      cooldownDuration: 30_000,
      cacheMaxAge: 600_000,
    });
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keySet, {
        issuer,
        algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'],
        clockTolerance: 30,
        requiredClaims: ['sub', 'exp'],
      });
      return payload;
    } catch (error) {
      throw inOurWords(error);
    }
  };
}

function inOurWords(error: unknown): PlatformError {
  if (error instanceof errors.JWKSTimeout)
    return new PlatformError('upstream_timeout', 'The identity provider did not answer. Retry shortly.', {
      cause: error,
    });
  if (error instanceof errors.JWTExpired)
    return new PlatformError('invalid_token', 'The token has expired. Sign in again.', { cause: error });
  // jose's own words for a key set that could not be had; the token may be good.
  const noKeys = error instanceof errors.JWKSInvalid || (error instanceof errors.JOSEError && error.code === GENERIC);
  if (error instanceof errors.JOSEError && !noKeys)
    return new PlatformError('invalid_token', 'The token could not be verified. Sign in again.', { cause: error });
  return new PlatformError('upstream_failed', 'The identity provider could not be reached. Retry shortly.', {
    cause: error,
  });
}
