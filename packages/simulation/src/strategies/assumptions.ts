import type { ManagedSpec } from '../servers/managed-endpoint.ts';
import type { ServerSpec } from '../servers/own-server.ts';

/** What things cost, US dollars: list prices, with where and when they were read. */
export interface Prices {
  readonly serverHour: number;
  /** Of a managed pool, a million tokens. */
  readonly tokens: { readonly input: number; readonly output: number };
  readonly source: string;
}

/** The same figures as in `@plinth/sizing`. */
export const LIST_PRICES: Prices = {
  serverHour: 1.861,
  tokens: { input: 0.22, output: 0.22 },
  source:
    'g6e.xlarge on demand and Llama 3.1 8B on Bedrock, us-east-1, as of 2026-07-20 (pricing table of karpenter-provider-aws; @pydantic/genai-prices 0.1.8)',
};

/**
 * One g6e.xlarge (an L40S with 48 GB) that serves a model of 8 billion parameters in FP8 by vLLM. Of the right order, and not measured:
 * put in what your own servers show.
 */
export const SERVER: ServerSpec = {
  slots: 64,
  queueLimit: 64,
  readTokensPerMs: 10,
  readBaseMs: 4,
  itlBaseMs: 14,
  itlPerAnswerMs: 0.25,
  itlReadingMs: 8,
  cacheTokens: 250_000,
  kvTokens: 350_000,
};

/** A model of that size on Bedrock; an assumption like the other. */
export const MANAGED: ManagedSpec = { ttftMs: 450, ttftSpread: 0.35, itlMs: 12 };
