import type { ErrorCode } from '@plinth/contracts';

/** What the page can offer beside the words. */
export type Remedy = 'retry' | 'sign-in' | 'new-chat' | 'none';

/** Something that went wrong, in words for the person at the page. */
export interface Problem {
  /** The platform's code, or one of the page's own for what never reached the platform. */
  code: ErrorCode | 'unreachable' | 'interrupted' | 'silent' | 'unreadable' | 'unknown';
  /** What happened. */
  title: string;
  /** What to do about it. */
  advice: string;
  /** The platform's own message, where it says more. */
  detail?: string;
  requestId?: string;
  remedy: Remedy;
  /** When the same request may succeed, epoch milliseconds. */
  retryAt?: number;
}

/** Thrown by everything in `api/`. */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, cause?: unknown) {
    super(problem.title, cause === undefined ? undefined : { cause });
    this.name = 'ApiError';
    this.problem = problem;
  }
}

type Words = Pick<Problem, 'title' | 'advice' | 'remedy'>;

const RETRY_SHORTLY: Words = {
  title: 'The model did not answer.',
  advice: 'Try again shortly. If it keeps happening, choose another model.',
  remedy: 'retry',
};
const TOO_LONG: Words = {
  title: 'This chat is too long for the model.',
  advice: 'Start a new chat, or send a shorter message.',
  remedy: 'new-chat',
};
const NOT_ACCEPTED: Words = {
  title: 'This key was not accepted.',
  advice: 'Check that it was copied whole, or ask for a new key.',
  remedy: 'sign-in',
};

const WORDS: Partial<Record<Problem['code'], Words>> = {
  invalid_api_key: NOT_ACCEPTED,
  invalid_token: NOT_ACCEPTED,
  permission_denied: {
    title: 'This key may not do that.',
    advice: 'Choose another model, or ask for access.',
    remedy: 'none',
  },
  content_blocked: {
    title: 'The guard stopped this message.',
    advice: 'Reword it without the part named below, then send it again.',
    remedy: 'none',
  },
  context_length_exceeded: TOO_LONG,
  request_too_large: TOO_LONG,
  not_found: {
    title: 'This is not here.',
    advice: 'It may have been deleted, or is not open to this key.',
    remedy: 'none',
  },
  model_not_found: {
    title: 'This model is not available.',
    advice: 'Choose another model at the top of the page.',
    remedy: 'none',
  },
  rate_limit_exceeded: {
    title: 'Too many requests with this key.',
    advice: 'Wait for the limit to refill, then try again.',
    remedy: 'retry',
  },
  concurrency_limit_exceeded: {
    title: 'Too many answers are streaming with this key.',
    advice: 'Let one finish or stop it, then try again.',
    remedy: 'retry',
  },
  budget_exceeded: {
    title: 'The budget of this key is spent.',
    advice: 'Wait until it renews, or ask for a larger budget.',
    remedy: 'retry',
  },
  overloaded: {
    title: 'The model is busy.',
    advice: 'Every place in its queue is taken. Try again shortly.',
    remedy: 'retry',
  },
  upstream_throttled: {
    title: 'The model is busy.',
    advice: 'It is turning requests away for now. Try again shortly.',
    remedy: 'retry',
  },
  upstream_failed: RETRY_SHORTLY,
  upstream_timeout: RETRY_SHORTLY,
  request_timeout: RETRY_SHORTLY,
  site_offline: {
    title: 'The link of this site is down.',
    advice: 'Ask a model of the site, or try again when the link is back.',
    remedy: 'retry',
  },
  disk_full: {
    title: 'The disk of this site is nearly full.',
    advice: 'It takes nothing new; what it has accepted is kept. Try again when there is room.',
    remedy: 'retry',
  },
  storage_failed: {
    title: 'The platform could not reach one of its stores.',
    advice: 'Nothing was charged. Try again shortly.',
    remedy: 'retry',
  },
  internal: {
    title: 'Something failed inside the platform.',
    advice: 'Try again. If it happens again, give the request id to the people who run it.',
    remedy: 'retry',
  },
  unreachable: {
    title: 'The platform could not be reached.',
    advice: 'Check your connection and that the platform is running, then try again.',
    remedy: 'retry',
  },
  interrupted: {
    title: 'The connection broke before the answer was finished.',
    advice: 'What arrived is above. Try again for a whole answer.',
    remedy: 'retry',
  },
  silent: {
    title: 'The answer stopped arriving.',
    advice: 'Nothing came for a minute, so the page stopped waiting. Try again.',
    remedy: 'retry',
  },
  unreadable: {
    title: 'The platform sent something this page cannot read.',
    advice: 'Reload the page: it may be older than the platform. If that does not help, tell the people who run it.',
    remedy: 'retry',
  },
};

const BY_STATUS: Readonly<Record<number, Problem['code']>> = {
  401: 'invalid_api_key',
  403: 'permission_denied',
  404: 'not_found',
  413: 'request_too_large',
  429: 'rate_limit_exceeded',
  500: 'internal',
  502: 'upstream_failed',
  503: 'overloaded',
  504: 'upstream_timeout',
};

/** A problem of the page's own making: no answer, a broken one, or one it cannot read. */
export function localProblem(code: 'unreachable' | 'interrupted' | 'silent' | 'unreadable'): Problem {
  return problemOf(code, {});
}

/**
 * Puts an OpenAI-shaped error body into words. Bodies that are not ours (a proxy's page, an empty answer) are told by their status.
 *
 * @param status HTTP status, or 0 for an error event inside a stream
 * @param body what was sent, already parsed, of any shape
 * @param retryAt epoch milliseconds, from `Retry-After`
 */
export function problemFromBody(status: number, body: unknown, retryAt?: number): Problem {
  const error = field(body, 'error');
  const sent = field(error, 'code');
  const known = typeof sent === 'string' && (sent in WORDS || status === 0 || !(status in BY_STATUS));
  const code = known ? (sent as Problem['code']) : (BY_STATUS[status] ?? 'unknown');
  return problemOf(code, {
    detail: text(field(error, 'message')),
    requestId: text(field(error, 'request_id')),
    retryable: field(error, 'retryable') === true,
    status,
    retryAt,
  });
}

/** The same problem after part of the answer is on the page: what can be tried again now broke off, it was not refused. */
export function brokenOff(problem: Problem): Problem {
  if (problem.remedy !== 'retry') return problem;
  return { ...problem, title: 'The answer broke off.', advice: 'What arrived is above. Try again for a whole answer.' };
}

interface Sent {
  detail?: string;
  requestId?: string;
  retryable?: boolean;
  status?: number;
  retryAt?: number;
}

function problemOf(code: Problem['code'], sent: Sent): Problem {
  const words = WORDS[code] ?? {
    title: 'The request was refused.',
    advice: sent.retryable === true ? 'Try again shortly.' : 'Change it as the message below says, then send it again.',
    remedy: sent.retryable === true ? 'retry' : 'none',
  };
  return {
    code,
    ...words,
    ...(sent.detail === undefined ? {} : { detail: sent.detail }),
    ...(sent.requestId === undefined ? {} : { requestId: sent.requestId }),
    ...(sent.retryAt === undefined ? {} : { retryAt: sent.retryAt }),
  };
}

/**
 * When a `Retry-After` header allows the next try.
 * @param header delay in seconds or an HTTP date
 * @param now epoch milliseconds
 * @returns epoch milliseconds, or undefined where there is no usable header
 */
export function retryTime(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds < 0 ? undefined : now + seconds * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(date, now);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
