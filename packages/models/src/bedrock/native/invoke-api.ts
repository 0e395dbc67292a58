import type { BedrockRuntimeClient, ResponseStream } from '@aws-sdk/client-bedrock-runtime';
import { PlatformError, type ChatMessage, type FinishReason, type ModelFeature } from '@plinth/contracts';
import type { ModelEvent, ModelRequest } from '../../model-client.ts';
import type { BedrockApi } from '../bedrock-api.ts';
import type { CallLife } from '../../call-life.ts';
import { loadSdk } from '../load-sdk.ts';
import type { BedrockTarget } from '../target.ts';
import { nativeUsage, type NativeCodec, type NativePiece } from './codec.ts';

/** InvokeModel and its streamed twin, with the body left to a codec: for models without Converse. */
export class InvokeApi implements BedrockApi {
  readonly features: readonly ModelFeature[];
  readonly #target: BedrockTarget;
  readonly #codec: NativeCodec;

  constructor(target: BedrockTarget, codec: NativeCodec) {
    this.#target = target;
    this.#codec = codec;
    this.features = codec.features;
  }

  async *stream(client: BedrockRuntimeClient, request: ModelRequest, life: CallLife): AsyncGenerator<ModelEvent> {
    const { InvokeModelWithResponseStreamCommand } = await loadSdk();
    const command = new InvokeModelWithResponseStreamCommand(this.#input(request));
    const answer = await life.wait(client.send(command, { abortSignal: life.signal }));
    yield { type: 'start' };
    if (answer.body === undefined) throw new PlatformError('upstream_failed', 'Bedrock sent no stream. Retry.');
    const events = answer.body[Symbol.asyncIterator]();
    const reader = new NativeReader(this.#codec);
    for (;;) {
      const { done, value } = await life.wait(events.next());
      if (done === true) break;
      const text = reader.read(bytesOf(value));
      if (text !== '') yield { type: 'text', text };
    }
    life.complete();
    yield reader.end();
  }

  async *answer(client: BedrockRuntimeClient, request: ModelRequest, life: CallLife): AsyncGenerator<ModelEvent> {
    const { InvokeModelCommand } = await loadSdk();
    const command = new InvokeModelCommand(this.#input(request));
    const answer = await life.wait(client.send(command, { abortSignal: life.signal }));
    life.complete();
    yield { type: 'start' };
    const reader = new NativeReader(this.#codec);
    const text = reader.read(answer.body);
    if (text !== '') yield { type: 'text', text };
    yield reader.end();
  }

  countInput(messages: readonly ChatMessage[]) {
    // A completion of one token is the least a body can ask for; only the prompt is counted.
    return { invokeModel: { body: encode(this.#codec.encode({ messages, maxTokens: 1, stream: false })) } };
  }

  #input(request: ModelRequest) {
    const { guardrail, modelId } = this.#target;
    return {
      modelId,
      contentType: 'application/json',
      accept: 'application/json',
      body: encode(this.#codec.encode(request)),
      ...(guardrail === undefined ? {} : { guardrailIdentifier: guardrail.id, guardrailVersion: guardrail.version }),
    };
  }
}

/** Chunks of a native answer, with what Bedrock adds to every model's: its own token counts and the guardrail's verdict. */
class NativeReader {
  readonly #codec: NativeCodec;
  #reason: FinishReason | undefined;
  #intervened = false;
  #inputTokens: number | undefined;
  #outputTokens: number | undefined;

  constructor(codec: NativeCodec) {
    this.#codec = codec;
  }

  read(bytes: Uint8Array): string {
    const body = parse(bytes);
    const piece: NativePiece = this.#codec.decode(body);
    const metrics = body['amazon-bedrock-invocationMetrics'];
    this.#reason = piece.reason ?? this.#reason;
    this.#inputTokens = piece.inputTokens ?? count(metrics, 'inputTokenCount') ?? this.#inputTokens;
    this.#outputTokens = piece.outputTokens ?? count(metrics, 'outputTokenCount') ?? this.#outputTokens;
    if (body['amazon-bedrock-guardrailAction'] === 'INTERVENED') this.#intervened = true;
    return piece.text;
  }

  end(): ModelEvent {
    const usage = nativeUsage(this.#inputTokens, this.#outputTokens);
    const counted = usage === undefined ? {} : { usage };
    if (this.#intervened) return { type: 'end', reason: 'content_filter', guardrail: true, ...counted };
    if (this.#reason !== undefined) return { type: 'end', reason: this.#reason, ...counted };
    const message = 'Bedrock ended its answer too early. Retry shortly.';
    return { type: 'error', error: new PlatformError('upstream_failed', message) };
  }
}

function bytesOf(event: ResponseStream): Uint8Array {
  if (event.chunk?.bytes !== undefined) return event.chunk.bytes;
  const exception =
    event.throttlingException ??
    event.validationException ??
    event.modelTimeoutException ??
    event.modelStreamErrorException ??
    event.serviceUnavailableException ??
    event.internalServerException;
  throw exception ?? new PlatformError('upstream_failed', 'Bedrock sent a chunk without bytes. Retry shortly.');
}

const encode = (body: Record<string, unknown>): Uint8Array => Buffer.from(JSON.stringify(body), 'utf8');

function parse(bytes: Uint8Array): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
    if (typeof body === 'object' && body !== null) return body as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new PlatformError('upstream_failed', "The model's native answer is not a JSON object. Retry shortly.");
}

function count(metrics: unknown, field: string): number | undefined {
  if (typeof metrics !== 'object' || metrics === null) return undefined;
  const value = (metrics as Record<string, unknown>)[field];
  return typeof value === 'number' ? value : undefined;
}
