import { PlatformError, type ErrorCode } from '@plinth/contracts';

const KNOWN: Record<string, readonly [ErrorCode, string]> = {
  ECONNREFUSED: ['upstream_failed', "The model's server refused the connection. Check that it runs, then retry."],
  ENOTFOUND: ['upstream_failed', "The model's server name does not resolve. Check target.baseUrl and DNS."],
  EAI_AGAIN: ['upstream_failed', "The model's server name does not resolve now. Retry shortly."],
  EHOSTUNREACH: ['upstream_failed', "The model's server cannot be reached. Check the network, then retry."],
  ENETUNREACH: ['upstream_failed', "The model's server cannot be reached. Check the network, then retry."],
  UND_ERR_CONNECT_TIMEOUT: ['upstream_timeout', "The model's server did not accept a connection in time. Retry."],
  UND_ERR_BODY_TIMEOUT: ['upstream_timeout', "The model's server fell silent in the middle of its answer. Retry."],
  UND_ERR_INVALID_ARG: ['configuration', 'The request could not be built. Check target.baseUrl and the API key.'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['configuration', "The model server's certificate is not trusted. Add its CA."],
  SELF_SIGNED_CERT_IN_CHAIN: ['configuration', "The model server's certificate is not trusted. Add its CA."],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['configuration', "The model server's certificate is not trusted. Add its CA."],
  ERR_TLS_CERT_ALTNAME_INVALID: ['configuration', "The model server's certificate is for another name."],
  CERT_HAS_EXPIRED: ['configuration', "The model server's certificate has expired. Renew it."],
};

/** A failure below HTTP, in our codes. What is not known by name is a connection that broke. */
export function fromNetworkError(error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  const [code, message] = (error instanceof Error && KNOWN[codeOf(error)]) || [
    'upstream_failed' as const,
    "The connection to the model's server broke before its answer was complete. Retry shortly.",
  ];
  return new PlatformError(code, message, { cause: error });
}

/** Node wraps several failed addresses of one host in an AggregateError with the code of the first. */
function codeOf(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
