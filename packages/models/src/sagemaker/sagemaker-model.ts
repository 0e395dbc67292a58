import type { ResponseStream, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { PlatformError, type CatalogModel, type ModelFeature, type ModelTarget } from '@plinth/contracts';
import { CallLife, type SilenceLimits } from '../call-life.ts';
import type { CallOptions, ModelClient, ModelEvent, ModelRequest } from '../model-client.ts';
import { readAnswer } from '../openai/answer.ts';
import { chatBody } from '../openai/request-body.ts';
import { refusal } from '../refusal.ts';
import { refuseUnsupported } from '../refuse-unsupported.ts';
import { fromSageMakerError } from './errors.ts';
import { loadSdk } from './load-sdk.ts';
import { PayloadReader } from './payload-reader.ts';

export interface SageMakerModelOptions {
  /** `createSageMakerRuntime(...)`, or any client of the SDK. */
  readonly client: () => Promise<SageMakerRuntimeClient> | SageMakerRuntimeClient;
  /** From the call to the first event of a stream, in milliseconds. @default 60_000, which is SageMaker's own limit */
  readonly firstByteTimeoutMs?: number;
  /** The same for a request without `stream`, which waits for the whole answer. @default 65_000: SageMaker itself gives up after 60_000 */
  readonly answerTimeoutMs?: number;
  /** Longest silence in the middle of an answer, in milliseconds. @default 30_000 */
  readonly idleTimeoutMs?: number;
  /** Of a streamed answer. @default 16 MiB, and 1 KiB more for each token the model may write */
  readonly maxResponseBytes?: number;
}

/** How long the protocol's last bytes are waited for once the answer is complete, so that its connection can be used again. */
const LAST_BYTES_MS = 1_000;

type SageMakerTarget = Extract<ModelTarget, { kind: 'sagemaker' }>;

/**
 * A model on a SageMaker real-time endpoint whose container speaks OpenAI's chat completions, as vLLM's and LMI's do. Throws `configuration`
 * when the target is of another kind.
 */
export function createSageMakerModel(model: CatalogModel, options: SageMakerModelOptions): ModelClient {
  return new SageMakerModel(model, options);
}

class SageMakerModel implements ModelClient {
  readonly features: ReadonlySet<ModelFeature>;
  readonly #name: string;
  readonly #target: SageMakerTarget;
  readonly #client: SageMakerModelOptions['client'];
  readonly #limits: SilenceLimits;
  readonly #wholeLimits: SilenceLimits;
  readonly #maxResponseBytes: number;

  constructor(model: CatalogModel, options: SageMakerModelOptions) {
    if (model.target.kind !== 'sagemaker')
      throw new PlatformError(
        'configuration',
        `Model "${model.id}" has a ${model.target.kind} target, not sagemaker. Build it with the adapter of that kind.`,
      );
    this.#target = model.target;
    this.#name = model.id;
    this.#client = options.client;
    this.features = new Set(model.features);
    this.#limits = {
      firstByteTimeoutMs: options.firstByteTimeoutMs ?? 60_000,
      idleTimeoutMs: options.idleTimeoutMs ?? 30_000,
    };
    this.#wholeLimits = { ...this.#limits, firstByteTimeoutMs: options.answerTimeoutMs ?? 65_000 };
    this.#maxResponseBytes = options.maxResponseBytes ?? (16 * 1024 + model.maxCompletionTokens) * 1024;
  }

  stream(request: ModelRequest, options: CallOptions): AsyncIterable<ModelEvent> {
    const refused = refuseUnsupported(request, this.#name, this.features);
    if (refused !== undefined) return refusal(refused);
    // A model of a multi-model endpoint cannot be named to InvokeEndpointWithResponseStream: its answer comes whole.
    const streams = request.stream && this.#target.targetModel === undefined;
    return this.#call({ ...request, stream: streams }, options.signal);
  }

  /** SageMaker passes on invocations alone, so the container's tokenizer is out of reach. */
  countTokens(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async *#call(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    const life = new CallLife('SageMaker', request.stream ? this.#limits : this.#wholeLimits, signal);
    try {
      const client = await this.#client();
      yield* request.stream ? this.#stream(client, request, life) : this.#answer(client, request, life);
    } catch (error) {
      yield { type: 'error', error: fromSageMakerError(error, Date.now()) };
    } finally {
      life.close();
    }
  }

  async *#stream(client: SageMakerRuntimeClient, request: ModelRequest, life: CallLife): AsyncGenerator<ModelEvent> {
    const { InvokeEndpointWithResponseStreamCommand } = await loadSdk();
    const command = new InvokeEndpointWithResponseStreamCommand(this.#input(request));
    const answer = await life.wait(client.send(command, { abortSignal: life.signal }));
    yield { type: 'start' };
    if (answer.Body === undefined) throw new PlatformError('upstream_failed', 'SageMaker sent no stream. Retry.');
    const parts = answer.Body[Symbol.asyncIterator]();
    const reader = new PayloadReader(answer.ContentType, this.#maxResponseBytes);
    for (;;) {
      const { done, value } = await life.wait(parts.next());
      if (done === true) break;
      const events = reader.read(value);
      if (reader.isDone && events.at(-1)?.type === 'end') await finish(parts, life);
      yield* events;
      if (reader.isDone) return;
    }
    life.complete();
    yield* reader.end();
  }

  async *#answer(client: SageMakerRuntimeClient, request: ModelRequest, life: CallLife): AsyncGenerator<ModelEvent> {
    const { InvokeEndpointCommand } = await loadSdk();
    const { targetModel } = this.#target;
    const command = new InvokeEndpointCommand({
      ...this.#input(request),
      ...(targetModel === undefined ? {} : { TargetModel: targetModel }),
    });
    const answer = await life.wait(client.send(command, { abortSignal: life.signal }));
    life.complete();
    yield { type: 'start' };
    const events: ModelEvent[] = [];
    readAnswer(new TextDecoder().decode(answer.Body), (event) => events.push(event));
    yield* events;
  }

  #input(request: ModelRequest) {
    const { endpointName, modelId, inferenceComponent } = this.#target;
    return {
      EndpointName: endpointName,
      ContentType: 'application/json',
      Accept: request.stream ? 'text/event-stream' : 'application/json',
      Body: Buffer.from(chatBody(modelId, request), 'utf8'),
      ...(inferenceComponent === undefined ? {} : { InferenceComponentName: inferenceComponent }),
    };
  }
}

/** Reads what is left after the answer's last words. A server that keeps the connection open after them loses it. */
async function finish(parts: AsyncIterator<ResponseStream>, life: CallLife): Promise<void> {
  const { promise: late, stop } = timeout(LAST_BYTES_MS);
  try {
    for (;;) {
      const next = await Promise.race([life.wait(parts.next()), late]);
      if (next === 'late') return;
      if (next.done === true) return life.complete();
    }
  } catch {
    // The answer is complete: however its connection ended is no failure of it.
    return;
  } finally {
    stop();
  }
}

function timeout(ms: number): { promise: Promise<'late'>; stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  return { promise, stop: () => clearTimeout(timer) };
}
