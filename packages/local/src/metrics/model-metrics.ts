import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Engine } from '../engine/engine.ts';

const LABELS = ['model_name'] as const;
const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Prometheus metrics under the names vLLM gives them, so that one dashboard and one scaling rule fit both. */
export class ModelMetrics {
  readonly #registry = new Registry();
  readonly #labels: { model_name: string };
  readonly #promptTokens;
  readonly #generationTokens;
  readonly #successes;
  readonly #firstToken;
  readonly #betweenTokens;
  readonly #endToEnd;

  constructor(engine: Engine) {
    const registers = [this.#registry];
    this.#labels = { model_name: engine.model.id };
    const labels = this.#labels;
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        labelNames: LABELS,
        registers,
        collect() {
          this.set(labels, read());
        },
      });
    const histogram = (name: string, help: string) =>
      new Histogram({ name, help, labelNames: LABELS, registers, buckets: SECONDS });
    gauge('vllm:num_requests_running', 'Requests that hold a sequence.', () => engine.load().running);
    gauge('vllm:num_requests_waiting', 'Requests in the queue.', () => engine.load().waiting);
    gauge('vllm:kv_cache_usage_perc', 'Part of the KV cache in use, 0 to 1.', () => engine.load().kvCacheUse ?? 0);
    this.#promptTokens = new Counter({
      name: 'vllm:prompt_tokens_total',
      help: 'Prompt tokens evaluated.',
      labelNames: LABELS,
      registers,
    });
    this.#generationTokens = new Counter({
      name: 'vllm:generation_tokens_total',
      help: 'Tokens generated.',
      labelNames: LABELS,
      registers,
    });
    this.#successes = new Counter({
      name: 'vllm:request_success_total',
      help: 'Requests that ended well.',
      labelNames: [...LABELS, 'finished_reason'],
      registers,
    });
    this.#firstToken = histogram(
      'vllm:time_to_first_token_seconds',
      'From arrival to the first text, queueing included.',
    );
    this.#betweenTokens = histogram('vllm:inter_token_latency_seconds', 'Between one piece of text and the next.');
    this.#endToEnd = histogram('vllm:e2e_request_latency_seconds', 'From arrival to the end of the answer.');
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  prompt(tokens: number): void {
    this.#promptTokens.inc(this.#labels, tokens);
  }

  firstText(seconds: number): void {
    this.#firstToken.observe(this.#labels, seconds);
  }

  nextText(seconds: number): void {
    this.#betweenTokens.observe(this.#labels, seconds);
  }

  end(reason: string, completionTokens: number, seconds: number): void {
    this.#generationTokens.inc(this.#labels, completionTokens);
    this.#successes.inc({ ...this.#labels, finished_reason: reason });
    this.#endToEnd.observe(this.#labels, seconds);
  }
}
