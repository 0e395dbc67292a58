import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { EmbeddingEngine } from '../embedding/embedding-engine.ts';

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Prometheus metrics of the embedding engine. */
export class EmbeddingMetrics {
  readonly #registry = new Registry();
  readonly #texts;
  readonly #tokens;
  readonly #truncated;
  readonly #failures;
  readonly #seconds;

  constructor(engine: EmbeddingEngine) {
    const registers = [this.#registry];
    this.#registry.setDefaultLabels({ model_name: engine.model.id });
    const counter = (name: string, help: string) => new Counter({ name, help, registers });
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    gauge('plinth_embedding_texts_running', 'Texts the model is reading.', () => engine.load().running);
    gauge('plinth_embedding_texts_waiting', 'Texts in the queue.', () => engine.load().waiting);
    this.#texts = counter('plinth_embedding_texts_total', 'Texts embedded.');
    this.#tokens = counter('plinth_embedding_tokens_total', 'Tokens read.');
    this.#truncated = counter('plinth_embedding_truncated_total', 'Texts that were longer than the model reads.');
    this.#failures = counter(
      'plinth_embedding_failures_total',
      'Requests that failed, those of clients who left included.',
    );
    this.#seconds = new Histogram({
      name: 'plinth_embedding_request_seconds',
      help: 'From arrival to the vectors, queueing included.',
      registers,
      buckets: SECONDS,
    });
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  done(texts: number, tokens: number, truncated: number, seconds: number): void {
    this.#texts.inc(texts);
    this.#tokens.inc(tokens);
    this.#truncated.inc(truncated);
    this.#seconds.observe(seconds);
  }

  failed(): void {
    this.#failures.inc();
  }
}

/** The same engine, with what it does counted: whichever protocol a request came by. */
export function meteredEmbeddings(
  engine: EmbeddingEngine,
  metrics: EmbeddingMetrics,
  now: () => number = () => performance.now(),
): EmbeddingEngine {
  return {
    model: engine.model,
    load: () => engine.load(),
    close: () => engine.close(),
    async embed(texts, signal) {
      const arrived = now();
      try {
        const embeddings = await engine.embed(texts, signal);
        metrics.done(texts.length, embeddings.tokens, embeddings.truncated, (now() - arrived) / 1_000);
        return embeddings;
      } catch (error) {
        metrics.failed();
        throw error;
      }
    },
  };
}
