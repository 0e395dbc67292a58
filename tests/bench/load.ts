import { Pool } from 'undici';

export interface LoadOptions {
  readonly url: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly connections: number;
  readonly durationMs: number;
  /** First requests are spread evenly over this long, milliseconds, so that streams run side by side instead of in step. */
  readonly spreadMs: number;
  /** Called when every connection has been used once, unmeasured, and measuring begins. */
  readonly onWarm?: () => void;
}

export interface LoadResult {
  readonly completed: number;
  readonly failed: number;
  readonly requestsPerSecond: number;
  /** Whole request, milliseconds, ascending. */
  readonly latencies: readonly number[];
  /** To the first piece of content, milliseconds, ascending. */
  readonly firstTokens: readonly number[];
}

const CONTENT = /"content":"[^"]/;

/** Closed loop: each connection sends its next request when the last was answered. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const pool = new Pool(options.url, {
    connections: options.connections,
    pipelining: 1,
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
  });
  const latencies: number[] = [];
  const firstTokens: number[] = [];
  let failed = 0;
  await Promise.all(Array.from({ length: options.connections }, () => one(pool, options)));
  options.onWarm?.();
  const startedAt = performance.now();
  const until = startedAt + options.durationMs;
  let lastEnd = startedAt;
  const worker = async (index: number) => {
    await new Promise((resolve) => setTimeout(resolve, (options.spreadMs * index) / options.connections));
    while (performance.now() < until) {
      const sentAt = performance.now();
      const outcome = await one(pool, options);
      if (outcome === undefined) {
        failed++;
        continue;
      }
      lastEnd = performance.now();
      latencies.push(lastEnd - sentAt);
      firstTokens.push(outcome - sentAt);
    }
  };
  await Promise.all(Array.from({ length: options.connections }, (_, index) => worker(index)));
  await pool.close();
  const ascending = (values: number[]) => values.sort((a, b) => a - b);
  return {
    completed: latencies.length,
    failed,
    requestsPerSecond: (latencies.length * 1_000) / Math.max(1, lastEnd - startedAt),
    latencies: ascending(latencies),
    firstTokens: ascending(firstTokens),
  };
}

/** One request; resolves to the time of its first content, or undefined when it failed. */
function one(pool: Pool, options: Pick<LoadOptions, 'path' | 'headers' | 'body'>): Promise<number | undefined> {
  return new Promise((resolve) => {
    let first: number | undefined;
    let status = 0;
    pool.dispatch(
      {
        method: 'POST',
        path: options.path,
        headers: { 'content-type': 'application/json', ...options.headers },
        body: options.body,
      },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, code) => void (status = code),
        onResponseData: (_controller, chunk) => {
          if (first === undefined && CONTENT.test(chunk.toString('latin1'))) first = performance.now();
        },
        onResponseEnd: () => resolve(status === 200 ? first : undefined),
        onResponseError: () => resolve(undefined),
      },
    );
  });
}

/** Opens streams and leaves each after its first content. */
export async function abortStreams(
  options: Pick<LoadOptions, 'url' | 'path' | 'headers' | 'body' | 'connections'>,
  count: number,
): Promise<void> {
  const pool = new Pool(options.url, { connections: options.connections, pipelining: 1 });
  let left = count;
  const worker = async () => {
    while (left-- > 0)
      await new Promise<void>((resolve) => {
        pool.dispatch(
          {
            method: 'POST',
            path: options.path,
            headers: { 'content-type': 'application/json', ...options.headers },
            body: options.body,
          },
          {
            onRequestStart: () => undefined,
            onResponseStart: () => undefined,
            onResponseData: (controller, chunk) => {
              if (CONTENT.test(chunk.toString('latin1'))) controller.abort(new Error('enough'));
            },
            onResponseEnd: () => resolve(),
            onResponseError: () => resolve(),
          },
        );
      });
  };
  await Promise.all(Array.from({ length: options.connections }, worker));
  await pool.destroy();
}

export function percentile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? Number.NaN;
}
