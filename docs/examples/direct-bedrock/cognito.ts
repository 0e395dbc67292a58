import type { DirectConfig } from './config.ts';

/** Keys that are good for about an hour. */
export interface TemporaryCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: Date;
}

/** Longest wait for each of the two calls, milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * Gets temporary AWS credentials from a Cognito identity pool by its enhanced flow: two calls that need no signature. Cognito picks the role.
 *
 * @param idToken the signed-in person's ID token; left out for a guest
 * @throws {Error} in Cognito's words, when the pool does not take this caller
 */
export async function getCredentials(config: DirectConfig, idToken?: string): Promise<TemporaryCredentials> {
  const { identityPoolId: IdentityPoolId, loginProvider } = config;
  const logins = loginProvider === undefined || idToken === undefined ? {} : { Logins: { [loginProvider]: idToken } };
  const { IdentityId } = await call<{ IdentityId: string }>(config, 'GetId', { IdentityPoolId, ...logins });
  const { Credentials } = await call<{ Credentials: Issued }>(config, 'GetCredentialsForIdentity', {
    IdentityId,
    ...logins,
  });
  return {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretKey,
    sessionToken: Credentials.SessionToken,
    expiration: new Date(Credentials.Expiration * 1000),
  };
}

interface Issued {
  AccessKeyId: string;
  SecretKey: string;
  SessionToken: string;
  /** Seconds since 1970. */
  Expiration: number;
}

async function call<T>({ endpoint, region }: DirectConfig, operation: string, body: object): Promise<T> {
  const response = await fetch(endpoint ?? `https://cognito-identity.${region}.amazonaws.com`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AWSCognitoIdentityService.${operation}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answer = (await response.json()) as T & { message?: string };
  if (!response.ok) throw new Error(`Cognito refused ${operation}: ${answer.message ?? `status ${response.status}`}`);
  return answer;
}
