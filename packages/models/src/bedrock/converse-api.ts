import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { PlatformError, type ChatMessage, type ModelFeature } from '@plinth/contracts';
import type { ModelEvent, ModelRequest } from '../model-client.ts';
import type { BedrockApi } from './bedrock-api.ts';
import type { CallLife } from '../call-life.ts';
import { ConverseReader, converseEvents } from './converse-events.ts';
import { toConversePrompt } from './converse-messages.ts';
import { converseRequest } from './converse-request.ts';
import { loadSdk } from './load-sdk.ts';
import type { BedrockTarget } from './target.ts';

/** Converse and ConverseStream: one shape for every model that has them. */
export class ConverseApi implements BedrockApi {
  readonly features: readonly ModelFeature[] = [
    'tools',
    'images',
    'structured-output',
    'prompt-cache',
    'service-tier',
    'seed',
  ];
  readonly #target: BedrockTarget;

  constructor(target: BedrockTarget) {
    this.#target = target;
  }

  async *stream(client: BedrockRuntimeClient, request: ModelRequest, life: CallLife): AsyncGenerator<ModelEvent> {
    const { ConverseStreamCommand } = await loadSdk();
    const input = converseRequest(this.#target, request);
    const { guardrail } = this.#target;
    const command = new ConverseStreamCommand({
      ...input,
      ...(guardrail === undefined
        ? {}
        : {
            guardrailConfig: {
              guardrailIdentifier: guardrail.id,
              guardrailVersion: guardrail.version,
              // Text is checked before it is sent, at the price of some delay: nothing blocked is ever seen.
              streamProcessingMode: 'sync',
            },
          }),
    });
    const answer = await life.wait(client.send(command, { abortSignal: life.signal }));
    yield { type: 'start' };
    if (answer.stream === undefined) throw new PlatformError('upstream_failed', 'Bedrock sent no stream. Retry.');
    const events = answer.stream[Symbol.asyncIterator]();
    const reader = new ConverseReader();
    for (;;) {
      const { done, value } = await life.wait(events.next());
      if (done === true) break;
      const event = reader.read(value);
      if (event !== undefined) yield event;
    }
    life.complete();
    yield reader.end();
  }

  async *answer(client: BedrockRuntimeClient, request: ModelRequest, life: CallLife): AsyncGenerator<ModelEvent> {
    const { ConverseCommand } = await loadSdk();
    const { guardrail } = this.#target;
    const command = new ConverseCommand({
      ...converseRequest(this.#target, request),
      ...(guardrail === undefined
        ? {}
        : { guardrailConfig: { guardrailIdentifier: guardrail.id, guardrailVersion: guardrail.version } }),
    });
    const answer = await life.wait(client.send(command, { abortSignal: life.signal }));
    life.complete();
    yield* converseEvents(answer);
  }

  countInput(messages: readonly ChatMessage[]) {
    const { system, messages: turns } = toConversePrompt(messages);
    return { converse: { messages: turns, ...(system.length === 0 ? {} : { system }) } };
  }
}
