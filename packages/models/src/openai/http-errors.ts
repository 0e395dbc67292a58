import { PlatformError, type ErrorCode } from '@plinth/contracts';
import type { ResponseHeaders } from './exchange.ts';
import { isRecord, readNumber, readString } from './json-fields.ts';

const MAX_RETRY_AFTER_SECONDS = 3_600;

interface UpstreamError {
  readonly status: number;
  readonly message: string;
  readonly type: string;
  readonly code: string;
  readonly param: string;
}

/** An HTTP answer other than 200, in our codes. `body` is the text of the answer, or the beginning of it. */
export function fromHttpError(status: number, headers: ResponseHeaders, body: string, now: number): PlatformError {
  return toPlatformError(readError(status, parseOrUndefined(body)), readRetryAfter(headers['retry-after'], now));
}

/** An error object in the middle of a stream; OpenAI wraps it in `error`, older vLLM sends it bare. */
export function fromStreamedError(frame: Record<string, unknown>): PlatformError {
  const inner = isRecord(frame['error']) ? frame['error'] : frame;
  return toPlatformError(readError(readNumber(inner, 'code') ?? 500, frame), undefined);
}

/**
 * The server's own words stay out of what a caller sees, and for a refused request out of the cause too: they often quote the prompt.
 */
function toPlatformError(error: UpstreamError, retryAfterSeconds: number | undefined): PlatformError {
  const [code, message] = classify(error);
  const quoted = error.status >= 500 ? error.message.slice(0, 300) : '';
  const cause = new Error(
    `HTTP ${error.status} type=${error.type} code=${error.code} param=${error.param}${quoted === '' ? '' : `: ${quoted}`}`,
  );
  return new PlatformError(code, message, {
    cause,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(error.param === '' ? {} : { param: error.param }),
  });
}

function classify(error: UpstreamError): readonly [ErrorCode, string] {
  const { status } = error;
  if (isContextLength(error))
    return ['context_length_exceeded', 'The prompt and max_tokens do not fit the model. Shorten one of them.'];
  if (status === 400 || status === 422) {
    const field = error.param === '' ? '' : ` (field ${error.param})`;
    return ['invalid_request', `The model's server refused the request as invalid${field}. Check its fields.`];
  }
  if (status === 401 || status === 403)
    return ['configuration', "The model's server refused our credentials. Check the API key configured for it."];
  if (status === 404)
    return ['configuration', "The model's server does not know the model. Check target.modelId and target.baseUrl."];
  if (status === 408 || status === 504) return ['upstream_timeout', "The model's server timed out. Retry shortly."];
  if (status === 413) return ['request_too_large', "The request is too large for the model's server. Shorten it."];
  if (status === 429) {
    if (error.code === 'insufficient_quota')
      return ['configuration', "The quota at the model's server is used up. Raise it there."];
    return ['upstream_throttled', "The model's server is limiting our rate. Retry later."];
  }
  if (status === 503 || status === 529) return ['overloaded', "The model's server is overloaded. Retry shortly."];
  if (status >= 500) return ['upstream_failed', "The model's server failed. Retry shortly."];
  if (status >= 300 && status < 400)
    return ['configuration', "The model's server redirects elsewhere. Set target.baseUrl to where it points."];
  return ['upstream_rejected', `The model's server refused the request with HTTP ${status}.`];
}

function isContextLength({ status, code, message }: UpstreamError): boolean {
  if (code === 'context_length_exceeded') return true;
  if (status !== 400 && status !== 413 && status !== 422) return false;
  return /maximum context length|max_model_len|context (window|size|length)|prompt is too long|longer than the maximum model length/i.test(
    message,
  );
}

function readError(status: number, body: unknown): UpstreamError {
  const outer = isRecord(body) ? body : {};
  const inner = isRecord(outer['error']) ? outer['error'] : outer;
  return {
    status,
    message: readString(inner, 'message') ?? (typeof outer['error'] === 'string' ? outer['error'] : ''),
    type: readString(inner, 'type') ?? '',
    code: readString(inner, 'code') ?? '',
    param: callersField(readString(inner, 'param') ?? '').slice(0, 64),
  };
}

/** vLLM names a field by its place in the body, and a prompt that is too long by its own count of it. */
function callersField(param: string): string {
  return param === 'input_tokens' ? 'messages' : param.replace(/^body\./, '');
}

function parseOrUndefined(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    // Proxies in front of a server answer in HTML; the status then says all there is.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** `Retry-After` in whole seconds, from either of its forms. */
function readRetryAfter(header: string | string[] | undefined, now: number): number | undefined {
  const value = Array.isArray(header) ? header[0] : header;
  if (value === undefined) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : (Date.parse(value) - now) / 1_000;
  if (!Number.isFinite(seconds)) return undefined;
  return Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(seconds)));
}
