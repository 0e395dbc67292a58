import { PlatformError } from '@plinth/contracts';
import type { AccessKeys } from './access-keys.ts';

const SIGV4 =
  /^AWS4-HMAC-SHA256 Credential=([A-Za-z0-9]{4,128})\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request,\s*SignedHeaders=([a-z0-9;:_-]+),\s*Signature=([0-9a-f]{64})$/;
const BEARER = /^Bearer \S{1,4096}$/;

/**
 * Checks that a request is signed the way AWS asks: a well-formed Signature Version 4 header for the service, or a Bedrock API key as a
 * bearer token. The signature itself is not recomputed: this server listens on loopback and holds nothing worth stealing.
 */
export function authorize(headers: Headers, service: 'bedrock' | 'sagemaker', keys: AccessKeys): void {
  const authorization = headers.get('authorization');
  if (authorization === null)
    throw new PlatformError('permission_denied', 'Missing Authentication Token. Sign the request.');
  if (service === 'bedrock' && BEARER.test(authorization)) return;
  const match = SIGV4.exec(authorization);
  if (!match) {
    throw new PlatformError(
      'permission_denied',
      'The Authorization header is neither a Signature Version 4 header (Credential, SignedHeaders, Signature) nor a bearer token.',
    );
  }
  const [, accessKeyId = '', date = '', , scope, signedHeaders = ''] = match;
  const sentAt = headers.get('x-amz-date') ?? '';
  // Over HTTP/2 the host is called :authority.
  const signsHost = /(?:^|;)(?:host|:authority)(?:;|$)/.test(signedHeaders);
  if (!signsHost || !sentAt.startsWith(date)) {
    throw new PlatformError(
      'permission_denied',
      "The request must sign its host, and x-amz-date must be of the credential's day.",
    );
  }
  if (scope !== service) {
    throw new PlatformError(
      'permission_denied',
      `Credential should be scoped to correct service: '${service}', not '${scope}'.`,
    );
  }
  keys.check(accessKeyId);
}
