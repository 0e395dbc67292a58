import { PlatformError, type Limits } from '@plinth/contracts';
import { createTokenVerifier, type TokenIdentity } from './oidc.ts';

/**
 * What checks tokens, as the environment names their issuer; undefined where it names none. Throws `configuration` for an issuer without an
 * audience. @param defaultTenant Of tokens that name no tenant; absent refuses them.
 */
export function configuredTokenVerifier(
  environment: {
    readonly PLINTH_OIDC_ISSUER?: string;
    readonly PLINTH_OIDC_AUDIENCE?: string;
    readonly PLINTH_DEFAULT_LIMITS: Limits;
  },
  defaultTenant?: string,
): ((token: string) => Promise<TokenIdentity>) | undefined {
  const { PLINTH_OIDC_ISSUER: issuer, PLINTH_OIDC_AUDIENCE: audience } = environment;
  if (issuer === undefined) return undefined;
  if (audience === undefined)
    throw new PlatformError(
      'configuration',
      'PLINTH_OIDC_ISSUER is set without PLINTH_OIDC_AUDIENCE. Set it to the client id tokens are issued for.',
    );
  return createTokenVerifier({ issuer, audience, defaultTenant, userLimits: environment.PLINTH_DEFAULT_LIMITS });
}
