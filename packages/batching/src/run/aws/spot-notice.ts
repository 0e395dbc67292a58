import { PlatformError } from '@plinth/contracts';
import { systemTimers, type Timers } from '../../ports/timers.ts';

/** The address of a machine's own metadata (IMDS), the same on every EC2 machine. */
const IMDS = 'http://169.254.169.254';
const TOKEN_SECONDS = 21_600;
const CALL_MS = 2_000;

/** Why a machine is going to be taken away, and when: milliseconds since the epoch, about two minutes ahead. */
export interface SpotNotice {
  readonly action: string;
  readonly at: number;
}

export interface SpotNoticeOptions {
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** @default IMDS at its link-local address; in a container the hop limit of the machine must be 2 */
  readonly endpoint?: string;
  /** EC2 asks for every five seconds. @default 5,000 */
  readonly pollMs?: number;
  readonly timers?: Timers;
  /** Told whenever the metadata did not answer; the watch goes on. */
  readonly onFailure?: (error: PlatformError) => void;
}

/** A signal that is aborted, with a {@link SpotNotice} for its reason, once EC2 has said that it takes this machine back. */
export function watchSpotNotice(options: SpotNoticeOptions): AbortSignal {
  const noticed = new AbortController();
  void watch(options, noticed);
  return noticed.signal;
}

async function watch(options: SpotNoticeOptions, noticed: AbortController): Promise<void> {
  const { signal, endpoint = IMDS, pollMs = 5_000, timers = systemTimers, onFailure } = options;
  const metadata = new Metadata(endpoint, signal);
  while (!signal.aborted) {
    try {
      const notice = await metadata.spotNotice();
      if (notice !== undefined) return noticed.abort(notice);
    } catch (error) {
      if (!signal.aborted) onFailure?.(PlatformError.from(error, 'upstream_failed'));
    }
    await timers.wait(pollMs, signal);
  }
}

/** IMDSv2: every read carries a token that a PUT has given out. */
class Metadata {
  readonly #endpoint: string;
  readonly #signal: AbortSignal;
  #token: string | undefined;

  constructor(endpoint: string, signal: AbortSignal) {
    this.#endpoint = endpoint;
    this.#signal = signal;
  }

  /** Undefined as long as there is none. */
  async spotNotice(): Promise<SpotNotice | undefined> {
    let response = await this.#askForNotice();
    if (response.status === 401) {
      // The token has run out.
      this.#token = undefined;
      response = await this.#askForNotice();
    }
    const text = await response.text();
    if (response.status === 404) return undefined;
    if (!response.ok) throw unanswered(response.status);
    const { action, time } = JSON.parse(text) as { action: string; time: string };
    return { action, at: Date.parse(time) };
  }

  async #askForNotice(): Promise<Response> {
    this.#token ??= await this.#newToken();
    const headers = { 'x-aws-ec2-metadata-token': this.#token };
    return this.#call('/latest/meta-data/spot/instance-action', { headers });
  }

  async #newToken(): Promise<string> {
    const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': String(TOKEN_SECONDS) };
    const response = await this.#call('/latest/api/token', { method: 'PUT', headers });
    const token = await response.text();
    if (!response.ok) throw unanswered(response.status);
    return token;
  }

  #call(path: string, init: RequestInit): Promise<Response> {
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(CALL_MS)]);
    return fetch(new URL(path, this.#endpoint), { ...init, signal, redirect: 'error' });
  }
}

function unanswered(status: number): PlatformError {
  return new PlatformError(
    'upstream_failed',
    `The machine's metadata answered with status ${status}. Check that IMDSv2 is on.`,
  );
}
