import { PlatformError, type ChatMessage, type ErrorCode, type ModelFeature } from '@plinth/contracts';
import { clientClosed } from '../client-closed.ts';
import type { CallOptions, ModelClient, ModelEvent, ModelRequest } from '../model-client.ts';

/** What a place does with one call; a function is awaited where it stands, unless the call is given up before. */
export type PlaceScript = readonly (ModelEvent | ((signal: AbortSignal) => Promise<unknown>))[];

/** A place that does what a test tells it to, and keeps what every model client promises. */
export class ScriptedPlace implements ModelClient {
  features: ReadonlySet<ModelFeature> = new Set<ModelFeature>(['tools', 'seed']);
  /** What it does from the next call on. */
  script: PlaceScript | ((request: ModelRequest) => PlaceScript);
  /** What it counts prompts as; an error is thrown. */
  tokens: number | undefined | PlatformError = undefined;
  calls = 0;
  counts = 0;
  running = 0;
  /** Calls that were given up before their end. */
  cancelled = 0;

  constructor(script: ScriptedPlace['script'] = answers('Hello')) {
    this.script = script;
  }

  async *stream(request: ModelRequest, { signal }: CallOptions): AsyncGenerator<ModelEvent> {
    this.calls++;
    this.running++;
    let over = false;
    try {
      for (const step of typeof this.script === 'function' ? this.script(request) : this.script) {
        if (typeof step === 'function') await Promise.race([step(signal), aborted(signal)]);
        if (signal.aborted) {
          yield { type: 'error', error: clientClosed(signal) };
          return;
        }
        if (typeof step === 'function') continue;
        over = step.type === 'end' || step.type === 'error';
        yield step;
      }
    } finally {
      this.running--;
      if (!over) this.cancelled++;
    }
  }

  countTokens(_messages: readonly ChatMessage[], _options: CallOptions): Promise<number | undefined> {
    this.counts++;
    return this.tokens instanceof PlatformError ? Promise.reject(this.tokens) : Promise.resolve(this.tokens);
  }
}

export const answers = (...pieces: string[]): PlaceScript => [
  { type: 'start' },
  ...pieces.map((text) => ({ type: 'text' as const, text })),
  { type: 'end', reason: 'stop', usage: { inputTokens: 10, outputTokens: pieces.length } },
];

/** @param before What it says first. */
export const failsWith = (code: ErrorCode, before: PlaceScript = [], retryAfterSeconds?: number): PlaceScript => [
  ...before,
  { type: 'error', error: new PlatformError(code, 'It did not work.', { retryAfterSeconds }) },
];

/** Stands in a script where nothing more comes. */
export const forever = (): Promise<never> => new Promise<never>(() => undefined);

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
