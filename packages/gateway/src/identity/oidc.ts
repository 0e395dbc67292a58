import type { Identity, Limits } from '@plinth/contracts';
import { PlatformError } from '@plinth/contracts';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';

export interface OidcOptions {
  /** Exactly the `iss` of the tokens; its discovery document is not needed, the keys are at `jwksUri`. */
  readonly issuer: string;
  /** Where the issuer's public keys are. @default `<issuer>/.well-known/jwks.json` (Cognito's place) */
  readonly jwksUri?: string;
  /** The client id tokens must be meant for: `aud`, or `client_id` in Cognito access tokens. */
  readonly audience: string;
  /** Claim that names the tenant. @default `custom:tenant` */
  readonly tenantClaim?: string;
  /** Tenant of tokens without that claim; absent refuses them. */
  readonly defaultTenant?: string;
  /** Limits of each user. */
  readonly userLimits: Limits;
  /** Replaces the remote key set; tests sign with their own. */
  readonly keys?: JWTVerifyGetKey;
}

/** Who a verified token says is calling; tenant limits are filled in by the caller. */
export type TokenIdentity = Omit<Identity, 'tenantLimits'>;

/** Verifies OIDC and Cognito JWTs: signature, issuer, audience, expiry; asymmetric algorithms only. */
export function createTokenVerifier(options: OidcOptions): (token: string) => Promise<TokenIdentity> {
  const keys =
    options.keys ??
    createRemoteJWKSet(new URL(options.jwksUri ?? `${options.issuer}/.well-known/jwks.json`), {
      timeoutDuration: 5_000,
      cooldownDuration: 30_000,
      cacheMaxAge: 600_000,
    });
  return async (token) => {
    const payload = await verify(token, keys, options.issuer);
    requireAudience(payload, options.audience);
    return toIdentity(payload, options);
  };
}

const GENERIC = errors.JOSEError.code;

async function verify(token: string, keys: JWTVerifyGetKey, issuer: string): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'],
      clockTolerance: 30,
      requiredClaims: ['sub', 'exp'],
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWKSTimeout)
      throw new PlatformError('upstream_timeout', 'The identity provider did not answer. Retry shortly.', {
        cause: error,
      });
    if (error instanceof errors.JWTExpired)
      throw new PlatformError('invalid_token', 'The token has expired. Sign in again.', { cause: error });
    // jose's own words for a key set that could not be had; the token may be good.
    const noKeys = error instanceof errors.JWKSInvalid || (error instanceof errors.JOSEError && error.code === GENERIC);
    if (error instanceof errors.JOSEError && !noKeys)
      throw new PlatformError('invalid_token', 'The token could not be verified. Sign in again.', { cause: error });
    throw new PlatformError('upstream_failed', 'The identity provider could not be reached. Retry shortly.', {
      cause: error,
    });
  }
}

/** Cognito's access tokens carry `client_id` where others carry `aud`. */
function requireAudience(payload: JWTPayload, audience: string): void {
  const named = [payload.aud ?? [], payload['client_id'] ?? []].flat();
  if (!named.includes(audience))
    throw new PlatformError('invalid_token', 'The token is meant for another application.');
}

function toIdentity(payload: JWTPayload, options: OidcOptions): TokenIdentity {
  const claimed = payload[options.tenantClaim ?? 'custom:tenant'];
  const tenant = typeof claimed === 'string' && claimed !== '' ? claimed : options.defaultTenant;
  if (tenant === undefined)
    throw new PlatformError('permission_denied', 'The token names no tenant. Ask an administrator to assign you one.');
  const subject = String(payload.sub);
  return {
    tenant,
    principal: `user:${subject}`,
    kind: 'user',
    scopeId: `user:${subject}`,
    groups: groupsOf(payload),
    scopeLimits: options.userLimits,
    conversations: true,
  };
}

function groupsOf(payload: JWTPayload): string[] {
  const groups = payload['cognito:groups'] ?? payload['groups'];
  return Array.isArray(groups) ? groups.filter((group) => typeof group === 'string').slice(0, 64) : [];
}
