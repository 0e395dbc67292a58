import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { CatalogModel, ChatMessage, ModelFeature } from '@plinth/contracts';
import type { CallOptions, ModelClient, ModelEvent, ModelRequest } from '../model-client.ts';
import { refusal } from '../refusal.ts';
import { refuseUnsupported } from '../refuse-unsupported.ts';
import type { BedrockApi } from './bedrock-api.ts';
import { CallLife, type SilenceLimits } from '../call-life.ts';
import { ConverseApi } from './converse-api.ts';
import { countWithBedrock } from './count-tokens.ts';
import { fromBedrockError } from './errors.ts';
import { InvokeApi } from './native/invoke-api.ts';
import { llamaCodec } from './native/llama.ts';
import { bedrockTarget, type BedrockTarget } from './target.ts';

export interface BedrockModelOptions {
  /** `createBedrockRuntime(...)`, or any client of the SDK. */
  readonly client: () => Promise<BedrockRuntimeClient> | BedrockRuntimeClient;
  /** From the call to the first event of a stream, in milliseconds. @default 60_000 */
  readonly firstByteTimeoutMs?: number;
  /** The same for a request without `stream`, which waits for the whole answer. @default 300_000 */
  readonly answerTimeoutMs?: number;
  /** Longest silence in the middle of an answer, in milliseconds. @default 30_000 */
  readonly idleTimeoutMs?: number;
}

/** A model on Amazon Bedrock. Throws `configuration` when the target is of another kind. */
export function createBedrockModel(model: CatalogModel, options: BedrockModelOptions): ModelClient {
  return new BedrockModel(model, options);
}

class BedrockModel implements ModelClient {
  readonly features: ReadonlySet<ModelFeature>;
  readonly #name: string;
  readonly #target: BedrockTarget;
  readonly #api: BedrockApi;
  readonly #client: BedrockModelOptions['client'];
  readonly #limits: SilenceLimits;
  readonly #wholeLimits: SilenceLimits;
  /** False once Bedrock has said that it does not count tokens for this model. */
  #canCount = true;

  constructor(model: CatalogModel, options: BedrockModelOptions) {
    this.#target = bedrockTarget(model);
    this.#api = apiOf(this.#target);
    this.#name = model.id;
    this.#client = options.client;
    this.features = new Set(model.features.filter((feature) => this.#api.features.includes(feature)));
    this.#limits = {
      firstByteTimeoutMs: options.firstByteTimeoutMs ?? 60_000,
      idleTimeoutMs: options.idleTimeoutMs ?? 30_000,
    };
    this.#wholeLimits = { ...this.#limits, firstByteTimeoutMs: options.answerTimeoutMs ?? 300_000 };
  }

  stream(request: ModelRequest, options: CallOptions): AsyncIterable<ModelEvent> {
    const refused = refuseUnsupported(request, this.#name, this.features);
    return refused === undefined ? this.#call(request, options.signal) : refusal(refused);
  }

  async *#call(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    const life = new CallLife('Bedrock', request.stream ? this.#limits : this.#wholeLimits, signal);
    try {
      const client = await this.#client();
      yield* request.stream ? this.#api.stream(client, request, life) : this.#api.answer(client, request, life);
    } catch (error) {
      yield { type: 'error', error: fromBedrockError(error) };
    } finally {
      life.close();
    }
  }

  async countTokens(messages: readonly ChatMessage[], options: CallOptions): Promise<number | undefined> {
    if (!this.#canCount) return undefined;
    const life = new CallLife('Bedrock', this.#limits, options.signal);
    try {
      const input = this.#api.countInput(messages);
      const counted = await countWithBedrock(await this.#client(), this.#target.modelId, input, life);
      if (counted === 'not-served') this.#canCount = false;
      return typeof counted === 'number' ? counted : undefined;
    } catch (error) {
      throw fromBedrockError(error);
    } finally {
      life.close();
    }
  }
}

function apiOf(target: BedrockTarget): BedrockApi {
  return target.api === 'converse' ? new ConverseApi(target) : new InvokeApi(target, nativeCodecs[target.api]);
}

const nativeCodecs = { 'invoke-llama': llamaCodec } as const;
