import type { PlatformError } from '@plinth/contracts';
import type { Embeddings } from './embedding-engine.ts';

/** One request's texts, each of which may be read in another run of the model. */
export class EmbeddingCall {
  readonly result: Promise<Embeddings>;
  readonly #vectors: Float32Array[];
  #resolve!: (embeddings: Embeddings) => void;
  #reject!: (error: PlatformError) => void;
  #missing: number;
  #tokens = 0;
  #truncated = 0;

  constructor(texts: number) {
    this.#missing = texts;
    this.#vectors = new Array<Float32Array>(texts);
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Nothing happens once the call has failed. */
  deliver(position: number, vector: Float32Array, tokens: number, truncated: boolean): void {
    this.#vectors[position] = vector;
    this.#tokens += tokens;
    this.#truncated += truncated ? 1 : 0;
    this.#missing -= 1;
    if (this.#missing === 0)
      this.#resolve({ vectors: this.#vectors, tokens: this.#tokens, truncated: this.#truncated });
  }

  fail(error: PlatformError): void {
    this.#reject(error);
  }
}
