import { PlatformError } from '@plinth/contracts';
import type { Engine, EngineEvent, EngineLoad, GenerationRequest, Prompt } from '../engine/engine.ts';

/** What the scripted engine does with one request. */
export interface Script {
  /** The answer, piece by piece. @default one piece that names no model: "Hello from the script." */
  pieces?: readonly string[];
  /** Thrown in place of the `start` event. */
  failBefore?: PlatformError;
  /** Thrown after all pieces. */
  failAfter?: PlatformError;
  /** Awaited before each piece, so that a test decides when text comes. */
  gate?: (piece: number, signal: AbortSignal) => Promise<void>;
  end?: Partial<Extract<EngineEvent, { type: 'end' }>>;
}

export type Scripted = Script | ((request: GenerationRequest) => Script);

/** An engine for protocol tests: it says what it is told to, counts words as tokens, and remembers what it was asked. */
export class ScriptedEngine implements Engine {
  readonly model: Engine['model'];
  readonly requests: GenerationRequest[] = [];
  /** Requests that were cancelled before their end. */
  cancelled = 0;
  #running = 0;
  #script: Scripted;

  constructor(script: Scripted = {}, model: Partial<Engine['model']> = {}) {
    this.#script = script;
    this.model = { id: 'scripted', contextTokens: 4_096, ...model };
  }

  /** What to do from the next request on. */
  play(script: Scripted): void {
    this.#script = script;
  }

  async *generate(request: GenerationRequest, signal: AbortSignal): AsyncGenerator<EngineEvent, void, undefined> {
    this.requests.push(request);
    const script = typeof this.#script === 'function' ? this.#script(request) : this.#script;
    const { pieces = ['Hello from the script.'], failBefore, failAfter, gate } = script;
    let done = false;
    this.#running += 1;
    try {
      if (failBefore) throw failBefore;
      const promptTokens = (await this.tokenize(request.prompt)).length;
      yield { type: 'start', promptTokens };
      for (const [index, text] of pieces.entries()) {
        await gate?.(index, signal);
        if (signal.aborted) throw new PlatformError('client_closed', 'The client left.');
        yield { type: 'text', text, completionTokens: index + 1 };
      }
      if (failAfter) throw failAfter;
      done = true;
      yield { type: 'end', reason: 'stop', usage: { promptTokens, completionTokens: pieces.length }, ...script.end };
    } finally {
      this.#running -= 1;
      if (!done && !failBefore && !failAfter) this.cancelled += 1;
    }
  }

  tokenize(prompt: Prompt): Promise<readonly number[]> {
    const text = prompt.kind === 'text' ? prompt.text : prompt.turns.map((turn) => turn.text).join(' ');
    const words = text.split(/\s+/).filter((word) => word !== '');
    return Promise.resolve(words.map((word) => word.length));
  }

  load(): EngineLoad {
    return { running: this.#running, waiting: 0 };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
