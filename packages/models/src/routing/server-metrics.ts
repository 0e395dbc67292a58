import { PlatformError } from '@plinth/contracts';
import type { MemberLoad } from './router.ts';

/** vLLM writes some hundred kilobytes at most. */
const MAX_BYTES = 2 * 1024 * 1024;
const WITHIN_MS = 2_000;

/** The names of vLLM; the use of the cache had another before 0.10. */
const WAITING = 'vllm:num_requests_waiting';
const RUNNING = 'vllm:num_requests_running';
const CACHE_USE = ['vllm:kv_cache_usage_perc', 'vllm:gpu_cache_usage_perc'];

/** `name{labels} value`, with a time after it or without. */
const SAMPLE = /^([a-z_:]+)(?:\{[^}]*\})? ([-+.0-9eE]+)(?: \d+)?$/;

/** What a vLLM server says of itself at the moment. Rejects with `upstream_failed` when it does not say, or not that. */
export async function readServerLoad(metricsUrl: string, signal?: AbortSignal): Promise<MemberLoad> {
  const timeout = AbortSignal.timeout(WITHIN_MS);
  try {
    const response = await fetch(metricsUrl, {
      redirect: 'error',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    const text = await readText(response);
    if (!response.ok) throw unreadable(metricsUrl, `answered ${response.status}`);
    const load = parseServerLoad(text);
    if (load === undefined) throw unreadable(metricsUrl, 'has no metrics under the names of vLLM');
    return load;
  } catch (error) {
    throw error instanceof PlatformError ? error : unreadable(metricsUrl, 'does not answer', error);
  }
}

/** From Prometheus text. A server with several engines has a line for each: requests are summed, and the fullest cache counts. */
export function parseServerLoad(text: string): MemberLoad | undefined {
  let [waiting, running]: (number | undefined)[] = [];
  let kvCacheUse = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith('vllm:')) continue;
    const [, name, written] = SAMPLE.exec(line.trimEnd()) ?? [];
    const value = Number(written);
    if (name === undefined || !Number.isFinite(value)) continue;
    if (name === WAITING) waiting = (waiting ?? 0) + value;
    else if (name === RUNNING) running = (running ?? 0) + value;
    else if (CACHE_USE.includes(name)) kvCacheUse = Math.max(kvCacheUse, Math.min(1, value));
  }
  return waiting === undefined || running === undefined ? undefined : { waiting, running, kvCacheUse };
}

/** Whole, so that its connection is free again; of what is too long, nothing. */
async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read()) {
    bytes += next.value.byteLength;
    chunks.push(next.value);
    if (bytes <= MAX_BYTES) continue;
    await reader?.cancel();
    throw unreadable(response.url, `is longer than ${MAX_BYTES} bytes`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unreadable(url: string, why: string, cause?: unknown): PlatformError {
  return new PlatformError('upstream_failed', `${url} ${why}: the state of this server is not known.`, { cause });
}
