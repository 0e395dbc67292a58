import { ApiError, localProblem, problemFromBody, retryTime } from './problem.ts';

/** What a call needs from the world; tests hand in their own. */
export interface Endpoint {
  /** Where the API is, without a trailing slash; empty for the page's own origin. */
  baseUrl: string;
  fetch: typeof fetch;
  /** Epoch milliseconds. */
  now: () => number;
}

export interface Call {
  method?: 'GET' | 'POST' | 'DELETE';
  key: string;
  /** Beside those that every call has. */
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as `multipart/form-data`, in place of `body`. */
  form?: FormData;
  signal: AbortSignal;
}

/** Longest wait for an answer that is not a stream, milliseconds. */
const ANSWER_TIMEOUT_MS = 15_000;
/** Longest error body we read, bytes. */
const MAX_ERROR_LENGTH = 65_536;

/**
 * Calls the API with the key as bearer token.
 * @throws {ApiError} for anything but a 2xx answer; a caller's own abort passes through as it is
 */
export async function call(
  endpoint: Endpoint,
  path: string,
  { method = 'GET', key, headers, body, form, signal }: Call,
): Promise<Response> {
  let response: Response;
  try {
    response = await endpoint.fetch(endpoint.baseUrl + path, {
      method,
      headers: {
        ...headers,
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(form !== undefined ? { body: form } : body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
      cache: 'no-store',
      credentials: 'omit',
    });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new ApiError(localProblem('unreachable'), error);
  }
  if (response.ok) return response;
  const retryAt = retryTime(response.headers.get('retry-after'), endpoint.now());
  throw new ApiError(problemFromBody(response.status, await errorBody(response), retryAt));
}

/** Calls the API for JSON, with a limit on the wait. */
export async function callJson(
  endpoint: Endpoint,
  path: string,
  request: Omit<Call, 'signal'> & {
    signal?: AbortSignal;
    /** Longest wait, milliseconds. @default 15 seconds */
    timeoutMs?: number;
  },
): Promise<unknown> {
  const timeout = AbortSignal.timeout(request.timeoutMs ?? ANSWER_TIMEOUT_MS);
  const signal = request.signal === undefined ? timeout : AbortSignal.any([request.signal, timeout]);
  try {
    const response = await call(endpoint, path, { ...request, signal });
    if (response.status === 204) return undefined;
    return await response.json();
  } catch (error) {
    if (request.signal?.aborted === true || error instanceof ApiError) throw error;
    throw new ApiError(localProblem(timeout.aborted ? 'unreachable' : 'unreadable'), error);
  }
}

async function errorBody(response: Response): Promise<unknown> {
  try {
    const text = await response.text();
    return text.length > MAX_ERROR_LENGTH ? undefined : (JSON.parse(text) as unknown);
  } catch {
    // Not JSON, or cut off: the status alone then says what happened.
    return undefined;
  }
}
