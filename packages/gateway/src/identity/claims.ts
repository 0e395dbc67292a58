import { PlatformError, type Limits } from '@plinth/contracts';
import type { Clock, KeyStore } from '@plinth/stores';
import type { Identify } from './identify.ts';
import { cachedTenants, dataStays } from './tenants.ts';

/** Claims of a token that somebody else verified, as API Gateway hands them to a function: all of them text. */
export type VerifiedClaims = Readonly<Record<string, unknown>>;

export interface ClaimsIdentifyOptions {
  /**
   * The claims of the request that is being worked on. They come from what invoked this process (`requestContext.authorizer.claims`), never
   * from a header or body, which any caller may write.
   */
  readonly claims: () => VerifiedClaims | undefined;
  readonly keys: Pick<KeyStore, 'getTenant'>;
  readonly clock: Clock;
  /** Exactly what `iss` and `aud` must say: an authorizer that was pointed at another pool must not open this one. */
  readonly issuer: string;
  readonly audience: string;
  /** @default `custom:tenant`; a token without it is refused */
  readonly tenantClaim?: string;
  /** @default `cognito:groups` */
  readonly groupsClaim?: string;
  /** Limits of a tenant that has no record of its own. */
  readonly defaultTenantLimits: Limits;
  readonly userLimits: Limits;
}

/** Who is calling, from claims that API Gateway verified before this process was asked. What can be checked again without a key is. */
export function createClaimsIdentify(options: ClaimsIdentifyOptions): Identify {
  const { clock, issuer, audience, tenantClaim = 'custom:tenant', groupsClaim = 'cognito:groups' } = options;
  const tenants = cachedTenants(options);
  return async () => {
    const claims = options.claims();
    if (claims === undefined)
      throw new PlatformError('invalid_token', 'No verified token came with the request. Sign in.');
    if (claims['iss'] !== issuer) throw new PlatformError('invalid_token', 'The token is of another issuer.');
    if (claims['aud'] !== audience && claims['client_id'] !== audience)
      throw new PlatformError('invalid_token', 'The token is meant for another application.');
    const expires = expiryOf(claims['exp']);
    if (expires === undefined || expires <= clock.now())
      throw new PlatformError('invalid_token', 'The token has expired. Sign in again.');
    const [tenant, subject] = [claims[tenantClaim], claims['sub']];
    if (typeof subject !== 'string' || subject === '')
      throw new PlatformError('invalid_token', 'The token names nobody.');
    if (typeof tenant !== 'string' || !NAME.test(tenant))
      throw new PlatformError(
        'permission_denied',
        'The token names no tenant. Ask an administrator to assign you one.',
      );
    const { limits, dataStays: stays } = await tenants(tenant);
    return {
      tenant,
      principal: `user:${subject}`,
      kind: 'user',
      scopeId: `user:${subject}`,
      groups: groupsOf(claims[groupsClaim]),
      tenantLimits: limits,
      scopeLimits: options.userLimits,
      conversations: true,
      ...dataStays(stays),
    };
  };
}

const NAME = /^[A-Za-z0-9._:@/-]{1,128}$/;
const MAX_GROUPS = 64;

/** Milliseconds since the epoch. REST APIs hand over a date in words, HTTP APIs seconds. */
function expiryOf(value: unknown): number | undefined {
  const at = /^\d{1,12}$/.test(String(value)) ? Number(value) * 1_000 : Date.parse(String(value));
  return Number.isFinite(at) ? at : undefined;
}

/** A list as it is, as JSON, as `[a b]` or `[a, b]`, or as `a,b`. What is no name of a group is no group. */
function groupsOf(value: unknown): string[] {
  const names = Array.isArray(value) ? value : typeof value === 'string' ? listed(value.trim()) : [];
  return [...new Set(names.filter((name): name is string => typeof name === 'string' && NAME.test(name)))].slice(
    0,
    MAX_GROUPS,
  );
}

function listed(text: string): readonly unknown[] {
  if (!text.startsWith('[') || !text.endsWith(']')) return text.split(',').map((name) => name.trim());
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    // Not JSON: the other way of writing a list.
    return text.slice(1, -1).split(text.includes(',') ? /,\s*/ : /\s+/);
  }
}
