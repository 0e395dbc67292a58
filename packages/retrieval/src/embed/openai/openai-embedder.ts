import { PlatformError } from '@plinth/contracts';
import { request } from 'undici';
import type { Embedder } from '../../ports/embedder.ts';
import { inBatches } from '../in-batches.ts';
import { unitVectors } from '../unit-vectors.ts';
import { embeddingsOf } from './embedding-data.ts';

const BATCH = 64;
const AT_ONCE = 2;
const TIMEOUT_MS = 120_000;
const MOST_BYTES = 64 * 1024 * 1024;

export interface OpenAIEmbedderOptions {
  /** Ends before `/v1`. */
  readonly baseUrl: string;
  /** The name the server knows the model by, and the index records. */
  readonly model: string;
  readonly dimensions: number;
  /** @default 256, all-MiniLM-L6-v2's */
  readonly maxTokens?: number;
  readonly apiKey?: string;
  /** Longest a call may take, milliseconds. @default 120_000 */
  readonly timeoutMs?: number;
}

/** Any server of OpenAI's `/v1/embeddings`: the laptop's own, vLLM, Text Embeddings Inference. */
export function createOpenAIEmbedder(options: OpenAIEmbedderOptions): Embedder {
  const { model, dimensions, maxTokens = 256 } = options;
  return {
    model,
    dimensions,
    maxTokens,
    embed: (texts, _role, { signal }) =>
      inBatches(texts, { size: BATCH, atOnce: AT_ONCE }, async (batch) => {
        return unitVectors(await ask(options, batch, signal), { texts: batch.length, dimensions });
      }),
  };
}

async function ask(
  options: OpenAIEmbedderOptions,
  input: readonly string[],
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const { timeoutMs = TIMEOUT_MS } = options;
  const answer = await request(`${options.baseUrl}/v1/embeddings`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(options.apiKey !== undefined && { authorization: `Bearer ${options.apiKey}` }),
    },
    body: JSON.stringify({ model: options.model, input, encoding_format: 'float' }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  }).catch((error: unknown) => {
    throw failure(error, signal);
  });
  if (answer.statusCode !== 200) {
    await answer.body.dump({ limit: 16_384 }).catch(() => undefined);
    throw refusal(answer.statusCode);
  }
  return readData(answer.body, signal);
}

async function readData(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<readonly unknown[]> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of body) {
      size += part.byteLength;
      if (size > MOST_BYTES)
        throw new PlatformError('upstream_failed', 'The embedding model answered with far too much.');
      parts.push(part);
    }
    const embeddings = embeddingsOf(JSON.parse(Buffer.concat(parts).toString('utf8')));
    if (embeddings !== undefined) return embeddings;
  } catch (error) {
    throw failure(error, signal);
  }
  throw new PlatformError('upstream_failed', 'The embedding model did not answer as OpenAI does. Check its address.');
}

/** Without the server's own words: they may quote the text. */
function refusal(status: number): PlatformError {
  if (status === 429)
    return new PlatformError('upstream_throttled', 'The embedding model is asked too often. Retry shortly.');
  if (status === 503) return new PlatformError('overloaded', 'The embedding model is busy. Retry shortly.');
  if (status >= 500)
    return new PlatformError('upstream_failed', `The embedding model failed (HTTP ${status}). Retry shortly.`);
  return new PlatformError(
    'upstream_rejected',
    `The embedding model refused the text (HTTP ${status}). Check its name and key.`,
  );
}

function failure(error: unknown, signal: AbortSignal): PlatformError {
  if (error instanceof PlatformError) return error;
  if (signal.aborted) return PlatformError.from(signal.reason, 'client_closed');
  const timedOut = error instanceof Error && /Timeout/.test(error.name);
  return new PlatformError(
    timedOut ? 'upstream_timeout' : 'upstream_failed',
    timedOut
      ? 'The embedding model took too long. Retry shortly.'
      : 'The embedding model cannot be reached. Check that it runs.',
    { cause: error },
  );
}
