import { PlatformError, type ChatMessage, type ModelFeature } from '@plinth/contracts';
import type { CallOptions, ModelClient, ModelEvent, ModelRequest } from '@plinth/models';

/** One answer: events in order; a function is awaited where it stands, so that a test decides what happens between two events. */
export type Script = readonly (ModelEvent | (() => void | Promise<void>))[];

/** A model that says what a test tells it to, and keeps `ModelClient`'s promises: after an abort its last event is `client_closed`. */
export class ScriptedModel implements ModelClient {
  readonly features: ReadonlySet<ModelFeature> = new Set<ModelFeature>(['tools']);
  readonly requests: ModelRequest[] = [];
  /** How many answers are being written. */
  running = 0;
  readonly #script: (request: ModelRequest) => Script;
  readonly #count: (messages: readonly ChatMessage[]) => number | undefined;

  constructor(
    script: Script | ((request: ModelRequest) => Script),
    count: (messages: readonly ChatMessage[]) => number | undefined = () => undefined,
  ) {
    this.#script = typeof script === 'function' ? script : () => script;
    this.#count = count;
  }

  async *stream(request: ModelRequest, { signal }: CallOptions): AsyncGenerator<ModelEvent> {
    this.requests.push(request);
    this.running++;
    try {
      for (const step of this.#script(request)) {
        if (typeof step === 'function') await Promise.race([step(), aborted(signal)]);
        if (signal.aborted) {
          yield { type: 'error', error: new PlatformError('client_closed', 'The call was given up.') };
          return;
        }
        if (typeof step !== 'function') yield step;
      }
    } finally {
      this.running--;
    }
  }

  countTokens(messages: readonly ChatMessage[]): Promise<number | undefined> {
    return Promise.resolve(this.#count(messages));
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Stands in a script where the model goes on only when it is given up. */
export const forever = () => new Promise<void>(() => undefined);

/** A whole plain answer of these pieces. */
export function says(pieces: readonly string[], usage?: { inputTokens: number; outputTokens: number }): Script {
  return [
    { type: 'start' },
    ...pieces.map((text) => ({ type: 'text' as const, text })),
    { type: 'end', reason: 'stop', usage },
  ];
}
