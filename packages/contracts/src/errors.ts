/**
 * Every way a request can end badly, in one table. `status` is the HTTP status a front answers with, `type` is what OpenAI's clients
 * switch on, `retryable` says whether the same request may succeed later without being changed.
 */
export const ERROR_CODES = {
  invalid_request: { status: 400, type: 'invalid_request_error', retryable: false },
  invalid_json: { status: 400, type: 'invalid_request_error', retryable: false },
  unsupported_feature: { status: 400, type: 'invalid_request_error', retryable: false },
  context_length_exceeded: { status: 400, type: 'invalid_request_error', retryable: false },
  content_blocked: { status: 400, type: 'invalid_request_error', retryable: false },
  invalid_api_key: { status: 401, type: 'authentication_error', retryable: false },
  invalid_token: { status: 401, type: 'authentication_error', retryable: false },
  permission_denied: { status: 403, type: 'permission_error', retryable: false },
  not_found: { status: 404, type: 'invalid_request_error', retryable: false },
  model_not_found: { status: 404, type: 'invalid_request_error', retryable: false },
  method_not_allowed: { status: 405, type: 'invalid_request_error', retryable: false },
  request_timeout: { status: 408, type: 'timeout_error', retryable: true },
  conflict: { status: 409, type: 'invalid_request_error', retryable: true },
  idempotency_key_reused: { status: 422, type: 'invalid_request_error', retryable: false },
  request_too_large: { status: 413, type: 'invalid_request_error', retryable: false },
  rate_limit_exceeded: { status: 429, type: 'rate_limit_error', retryable: true },
  concurrency_limit_exceeded: { status: 429, type: 'rate_limit_error', retryable: true },
  budget_exceeded: { status: 429, type: 'insufficient_quota', retryable: true },
  client_closed: { status: 499, type: 'api_error', retryable: true },
  internal: { status: 500, type: 'api_error', retryable: false },
  storage_failed: { status: 503, type: 'api_error', retryable: true },
  upstream_failed: { status: 502, type: 'api_error', retryable: true },
  upstream_rejected: { status: 502, type: 'api_error', retryable: false },
  overloaded: { status: 503, type: 'api_error', retryable: true },
  /** The model is at the centre, and the link to it is down. */
  site_offline: { status: 503, type: 'api_error', retryable: true },
  disk_full: { status: 503, type: 'api_error', retryable: true },
  upstream_throttled: { status: 503, type: 'api_error', retryable: true },
  upstream_timeout: { status: 504, type: 'timeout_error', retryable: true },
  configuration: { status: 500, type: 'api_error', retryable: false },
} as const satisfies Record<string, { status: number; type: string; retryable: boolean }>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface PlatformErrorOptions {
  cause?: unknown;
  /** Seconds until the same request may succeed; becomes `Retry-After`. */
  retryAfterSeconds?: number;
  /** The field of the request that is wrong, in dotted form (`messages.0.content`). */
  param?: string;
}

/** The one error type of the platform. The message says what to do and never carries prompt text, secrets or stack traces. */
export class PlatformError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly type: string;
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly param: string | undefined;

  constructor(code: ErrorCode, message: string, options: PlatformErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PlatformError';
    const entry = ERROR_CODES[code];
    this.code = code;
    this.status = entry.status;
    this.type = entry.type;
    this.retryable = entry.retryable;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.param = options.param;
  }

  /** Anything thrown becomes a PlatformError; what we do not know is `internal`, with the original kept as cause and out of the message. */
  static from(error: unknown, fallback: ErrorCode = 'internal'): PlatformError {
    if (error instanceof PlatformError) return error;
    return new PlatformError(fallback, FALLBACK_MESSAGES[fallback] ?? 'The request failed.', { cause: error });
  }
}

const FALLBACK_MESSAGES: Partial<Record<ErrorCode, string>> = {
  internal:
    'Something failed inside the platform. Retry, and give the request id to the operators if it happens again.',
  upstream_failed: 'The model did not answer. Retry shortly.',
  storage_failed: 'A store did not answer. Retry shortly.',
};
