import { PlatformError, type CatalogModel, type ChatMessage, type ModelFeature } from '@plinth/contracts';
import type { Dispatcher } from 'undici';
import type { CallOptions, ModelClient, ModelEvent, ModelRequest } from '../model-client.ts';
import { refusal } from '../refusal.ts';
import { refuseUnsupported } from '../refuse-unsupported.ts';
import { ChatCall } from './chat-call.ts';
import type { ExchangeLimits } from './exchange.ts';
import { poolFor } from './pools.ts';
import { chatBody, tokenizeBody } from './request-body.ts';
import { countWithTokenize } from './tokenize.ts';

export interface OpenAIModelOptions {
  /** @default the process-wide undici Pool of the target's origin */
  readonly dispatcher?: Dispatcher;
  /** Sent as a bearer token. */
  readonly apiKey?: string;
  /** Of every request, where the model has the feature: larger waits longer, 0 is what others send. @default 0 */
  readonly priority?: number;
  /** From the call to the first byte of a streamed answer, in milliseconds. @default 60_000 */
  readonly firstByteTimeoutMs?: number;
  /** The same for a request without `stream`, whose first byte comes when the whole answer is written. @default 300_000 */
  readonly answerTimeoutMs?: number;
  /** Longest silence in the middle of an answer, in milliseconds. @default 30_000 */
  readonly idleTimeoutMs?: number;
  /** @default 16 MiB, and 1 KiB more for each token the model may write */
  readonly maxResponseBytes?: number;
}

/** A model on vLLM or any server with OpenAI's chat completions. Throws `configuration` when the target is of another kind. */
export function createOpenAIModel(model: CatalogModel, options: OpenAIModelOptions = {}): ModelClient {
  return new OpenAIModel(model, options);
}

class OpenAIModel implements ModelClient {
  readonly features: ReadonlySet<ModelFeature>;
  readonly #name: string;
  readonly #modelId: string;
  readonly #origin: string;
  readonly #basePath: string;
  readonly #headers: string[];
  readonly #limits: ExchangeLimits;
  readonly #wholeLimits: ExchangeLimits;
  readonly #priority: number | undefined;
  #dispatcher: Dispatcher | undefined;
  /** False once the server has said that it has no tokenizer endpoint. */
  #canTokenize = true;

  constructor(model: CatalogModel, options: OpenAIModelOptions) {
    if (model.target.kind !== 'openai')
      throw new PlatformError(
        'configuration',
        `Model "${model.id}" has a ${model.target.kind} target, not openai. Build it with the adapter of that kind.`,
      );
    const base = new URL(model.target.baseUrl);
    this.features = new Set(model.features);
    this.#name = model.id;
    this.#modelId = model.target.modelId;
    this.#origin = base.origin;
    this.#basePath = base.pathname.replace(/\/+$/, '');
    this.#headers = ['content-type', 'application/json'];
    if (options.apiKey !== undefined) this.#headers.push('authorization', `Bearer ${options.apiKey}`);
    this.#limits = {
      firstByteTimeoutMs: options.firstByteTimeoutMs ?? 60_000,
      idleTimeoutMs: options.idleTimeoutMs ?? 30_000,
      maxResponseBytes: options.maxResponseBytes ?? (16 * 1024 + model.maxCompletionTokens) * 1024,
    };
    this.#wholeLimits = { ...this.#limits, firstByteTimeoutMs: options.answerTimeoutMs ?? 300_000 };
    this.#priority = this.features.has('priority') ? options.priority : undefined;
    this.#dispatcher = options.dispatcher;
  }

  stream(request: ModelRequest, options: CallOptions): AsyncIterable<ModelEvent> {
    const refused = refuseUnsupported(request, this.#name, this.features);
    if (refused !== undefined) return refusal(refused);
    const body = chatBody(this.#modelId, request, this.#priority);
    const path = `${this.#basePath}/v1/chat/completions`;
    const limits = request.stream ? this.#limits : this.#wholeLimits;
    return new ChatCall(this.#open, { path, headers: this.#headers, body }, limits, options.signal).events;
  }

  async countTokens(messages: readonly ChatMessage[], options: CallOptions): Promise<number | undefined> {
    if (!this.#canTokenize) return undefined;
    const body = tokenizeBody(this.#modelId, messages);
    const request = { path: `${this.#basePath}/tokenize`, headers: this.#headers, body };
    const counted = await countWithTokenize(await this.#open(), request, this.#limits, options.signal);
    if (counted === 'not-served') this.#canTokenize = false;
    return typeof counted === 'number' ? counted : undefined;
  }

  /** Synchronous but for the first call, which loads the HTTP client. */
  readonly #open = (): Dispatcher | Promise<Dispatcher> => {
    if (this.#dispatcher !== undefined) return this.#dispatcher;
    return poolFor(this.#origin);
  };
}
