import type { Identity, Limits } from '@plinth/contracts';
import { PlatformError } from '@plinth/contracts';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import type { CheckToken } from './token-signature.ts';

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

/**
 * Verifies OIDC and Cognito JWTs: signature, issuer, audience, expiry; asymmetric algorithms only. The library that does is loaded at the
 * first token: a cold start that serves API keys does without.
 */
export function createTokenVerifier(options: OidcOptions): (token: string) => Promise<TokenIdentity> {
  const { issuer, keys } = options;
  const jwksUri = new URL(options.jwksUri ?? `${issuer}/.well-known/jwks.json`);
  let loaded: Promise<CheckToken> | undefined;
  return async (token) => {
    loaded ??= import('./token-signature.ts').then(({ createCheckToken }) =>
      createCheckToken({ issuer, jwksUri, ...(keys === undefined ? {} : { keys }) }),
    );
    const checkToken = await loaded;
    const payload = await checkToken(token);
    requireAudience(payload, options.audience);
    return toIdentity(payload, options);
  };
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
