import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import { PlatformError } from '@plinth/contracts';
import { PromptTokenizer } from './chat-prompt.ts';
import type { EndReason, Engine, EngineEvent, EngineLoad, EngineModel, GenerationRequest, Prompt } from './engine.ts';
import { EventChannel } from './event-channel.ts';
import { loadModel, type LoadedModel, type LoadOptions } from './load-model.ts';
import {
  grammarConstraint,
  samplingOptions,
  type GrammarConstraint,
  type SamplingDefaults,
} from './sampling-options.ts';
import { RightOfWay } from './right-of-way.ts';
import { SlotPool } from './slot-pool.ts';
import { StopMatcher } from './stop-matcher.ts';
import { TextAssembler } from './text-assembler.ts';
import { tokenBudget } from './token-budget.ts';
import { Turn } from './turn.ts';

export interface LlamaEngineOptions extends Omit<LoadOptions, 'sequences' | 'contextTokens'> {
  /** The id clients name the model by. */
  modelId: string;
  /** @default 4 */
  sequences?: number;
  /** @default 4096 */
  contextTokens?: number;
  /** Most requests waiting for a sequence. @default 32 */
  maxWaiting?: number;
  /** Longest wait for a sequence, milliseconds. @default 120000 */
  maxWaitMs?: number;
  /** Longest one generation may run, milliseconds. @default 600000 */
  maxRunMs?: number;
  samplingDefaults?: SamplingDefaults;
}

/** A prompt is evaluated in pieces of this many tokens, so that a cancelled one stops soon and others get their turn between. */
const PREFILL_TOKENS = 64;
/** The same of what can wait: whoever cannot is kept waiting for one piece at most. */
const PATIENT_PREFILL_TOKENS = 8;

const PLACE_WANTED = new PlatformError('overloaded', 'An urgent request took the place of this one. Retry shortly.', {
  retryAfterSeconds: 1,
});

const SHUTTING_DOWN = 'The model server is shutting down.';

type Push = (event: EngineEvent) => void;

/** One request that has what it needs to run. */
interface Job {
  request: GenerationRequest;
  prompt: Token[];
  grammar: GrammarConstraint | undefined;
  maxTokens: number;
  turn: Turn;
  /** Tokens of the prompt that are evaluated at once. */
  piece: number;
  push: Push;
}

/** A GGUF model in this process, through llama.cpp: several sequences batched in one context, a bounded queue in front. */
export class LlamaEngine implements Engine {
  readonly model: EngineModel;
  readonly #loaded: LoadedModel;
  readonly #prompts: PromptTokenizer;
  readonly #sequences: readonly LlamaContextSequence[];
  readonly #slots: SlotPool<LlamaContextSequence>;
  readonly #rightOfWay = new RightOfWay();
  /** Each generation with its own way to be cut off: one signal shared by all would remember every request there ever was. */
  readonly #running = new Map<Promise<void>, AbortController>();
  #closing = false;
  readonly #defaults: SamplingDefaults;
  readonly #maxRunMs: number;

  private constructor(loaded: LoadedModel, options: LlamaEngineOptions) {
    const { context } = loaded;
    this.#loaded = loaded;
    this.model = { id: options.modelId, contextTokens: context.contextSize };
    this.#prompts = new PromptTokenizer(loaded.model);
    this.#sequences = Array.from({ length: context.totalSequences }, () => context.getSequence());
    this.#slots = new SlotPool(this.#sequences, {
      maxWaiting: options.maxWaiting ?? 32,
      maxWaitMs: options.maxWaitMs ?? 120_000,
    });
    this.#defaults = options.samplingDefaults ?? { temperature: 1, topP: 1 };
    this.#maxRunMs = options.maxRunMs ?? 600_000;
  }

  static async load(options: LlamaEngineOptions): Promise<LlamaEngine> {
    const { sequences = 4, contextTokens = 4_096 } = options;
    return new LlamaEngine(await loadModel({ ...options, sequences, contextTokens }), options);
  }

  generate(request: GenerationRequest, signal: AbortSignal): AsyncIterable<EngineEvent> {
    const channel = new EventChannel<EngineEvent>();
    const cutOff = new AbortController();
    const cancel = AbortSignal.any([signal, channel.abandoned, cutOff.signal]);
    const run = this.#serve(request, cancel, (event) => channel.push(event)).then(
      () => channel.end(),
      (error: unknown) => channel.fail(this.#explain(error, cancel)),
    );
    this.#running.set(run, cutOff);
    void run.finally(() => this.#running.delete(run));
    return channel;
  }

  tokenize(prompt: Prompt): Promise<readonly number[]> {
    return Promise.resolve(this.#prompts.tokenize(prompt));
  }

  load(): EngineLoad {
    const tokens = this.#sequences.reduce((sum, { nextTokenIndex }) => sum + nextTokenIndex, 0);
    const kvCacheUse = tokens / (this.#sequences.length * this.model.contextTokens);
    return { running: this.#slots.taken, waiting: this.#slots.waiting, kvCacheUse };
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const cutOff of this.#running.values()) cutOff.abort();
    await Promise.all(this.#running.keys());
    await this.#loaded.llama.dispose();
  }

  async #serve(request: GenerationRequest, cancel: AbortSignal, push: Push): Promise<void> {
    if (this.#closing) throw new PlatformError('overloaded', SHUTTING_DOWN);
    const prompt = this.#prompts.tokenize(request.prompt);
    const maxTokens = tokenBudget({
      promptTokens: prompt.length,
      contextTokens: this.model.contextTokens,
      maxTokens: request.maxTokens,
      onOverflow: request.onOverflow ?? 'reject',
    });
    const grammar = request.format && (await grammarConstraint(request.format, this.#loaded.llama, this.#loaded.model));
    const end = await this.#inSlot(request.priority ?? 0, cancel, (sequence, leave) =>
      this.#run(sequence, { request, prompt, grammar, maxTokens, push, ...leave }),
    );
    // Only now, so that whoever sees the end finds the sequence free.
    push(end);
  }

  /** What can wait lets whatever cannot go first: before every step, and with its place too when there is no other. */
  async #inSlot<T>(
    priority: number,
    cancel: AbortSignal,
    work: (sequence: LlamaContextSequence, leave: Pick<Job, 'turn' | 'piece'>) => Promise<T>,
  ): Promise<T> {
    const patient = priority > 0;
    const wanted = new AbortController();
    const sequence = await this.#slots.acquire(cancel, { priority, onWanted: () => wanted.abort(PLACE_WANTED) });
    const leaveWay = patient ? () => undefined : this.#rightOfWay.enter();
    const turn = new Turn({
      signal: patient ? AbortSignal.any([cancel, wanted.signal]) : cancel,
      maxRunMs: this.#maxRunMs,
      rightOfWay: patient ? this.#rightOfWay : undefined,
    });
    try {
      return await work(sequence, { turn, piece: patient ? PATIENT_PREFILL_TOKENS : PREFILL_TOKENS });
    } finally {
      leaveWay();
      // Nothing of this request may be seen by the next one on this sequence.
      await sequence.clearHistory();
      this.#slots.release(sequence);
    }
  }

  async #run(sequence: LlamaContextSequence, job: Job): Promise<EngineEvent> {
    const { request, prompt, grammar, push } = job;
    push({ type: 'start', promptTokens: prompt.length });
    const generated: Token[] = [];
    const options = {
      ...samplingOptions(request.sampling ?? {}, this.#defaults, generated),
      grammarEvaluationState: grammar?.state,
      yieldEogToken: true,
    };
    await this.#prefill(sequence, prompt.slice(0, -1), job);
    const drawn = sequence.evaluate(prompt.slice(-1), options);
    const ending = await this.#decode(drawn, { ...job, generated });
    const usage = { promptTokens: prompt.length, completionTokens: generated.length };
    return { type: 'end', ...ending, usage };
  }

  async #prefill(sequence: LlamaContextSequence, tokens: Token[], { turn, piece }: Job): Promise<void> {
    for (let at = 0; at < tokens.length; at += piece) {
      await turn.next();
      await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(at, at + piece));
    }
  }

  async #decode(
    drawn: AsyncIterable<Token>,
    run: Job & { generated: Token[] },
  ): Promise<{ reason: EndReason; stopSequence?: string }> {
    const { request, grammar, generated, turn, push } = run;
    const terminators = grammar?.terminators ?? [];
    const { model } = this.#loaded;
    const text = new TextAssembler<Token>((tokens, before) => model.detokenize(tokens, false, before));
    const stops = new StopMatcher([...(request.stop ?? []), ...terminators]);
    const send = (piece: string) => {
      if (piece !== '') push({ type: 'text', text: piece, completionTokens: generated.length });
    };
    await turn.next();
    for await (const token of drawn) {
      generated.push(token);
      const ended = model.isEogToken(token);
      if (ended && !request.ignoreEndOfTurn) {
        send(stops.flush());
        return { reason: 'stop' };
      }
      const { text: piece, stopped } = stops.push(ended ? '' : text.push(token));
      send(piece);
      if (stopped !== undefined) {
        return terminators.includes(stopped) ? { reason: 'stop' } : { reason: 'stop_sequence', stopSequence: stopped };
      }
      if (generated.length >= run.maxTokens) break;
      await turn.next();
    }
    send(stops.flush());
    return { reason: 'length' };
  }

  /** Turns an abort into the reason a person can act on; everything else passes as a PlatformError. */
  #explain(error: unknown, cancel: AbortSignal): PlatformError {
    if (error instanceof PlatformError) return error;
    if (this.#closing) return new PlatformError('overloaded', SHUTTING_DOWN);
    if (cancel.aborted) return new PlatformError('client_closed', 'The client left.', { cause: error });
    return PlatformError.from(error);
  }
}
