import type { ConverseResponse, ConverseStreamOutput, StopReason, TokenUsage } from '@aws-sdk/client-bedrock-runtime';
import { PlatformError, type FinishReason } from '@plinth/contracts';
import type { ModelEvent, ModelUsage } from '../model-client.ts';

/** The events of one Converse answer, in order, `start` first. Throws what the stream throws. */
export class ConverseReader {
  #toolIndex = -1;
  #toolBlock = -1;
  #stop: StopReason | undefined;
  #usage: ModelUsage | undefined;

  /** What one streamed event says, or `undefined` when it is of no use to us (block ends, reasoning). */
  read(event: ConverseStreamOutput): ModelEvent | undefined {
    if (event.contentBlockDelta !== undefined) {
      const { delta, contentBlockIndex } = event.contentBlockDelta;
      if (delta?.text !== undefined) return delta.text === '' ? undefined : { type: 'text', text: delta.text };
      if (delta?.toolUse?.input !== undefined && contentBlockIndex === this.#toolBlock)
        return { type: 'tool-call', index: this.#toolIndex, arguments: delta.toolUse.input };
      return undefined;
    }
    if (event.contentBlockStart?.start?.toolUse !== undefined) {
      const { toolUseId, name } = event.contentBlockStart.start.toolUse;
      this.#toolIndex += 1;
      this.#toolBlock = event.contentBlockStart.contentBlockIndex ?? -1;
      return { type: 'tool-call', index: this.#toolIndex, id: toolUseId ?? '', name: name ?? '', arguments: '' };
    }
    if (event.messageStop !== undefined) this.#stop = event.messageStop.stopReason;
    if (event.metadata !== undefined) this.#usage = toUsage(event.metadata.usage);
    const exception =
      event.throttlingException ??
      event.validationException ??
      event.modelStreamErrorException ??
      event.serviceUnavailableException ??
      event.internalServerException;
    if (exception !== undefined) throw exception;
    return undefined;
  }

  /** What the end of the stream means. */
  end(): ModelEvent {
    if (this.#stop !== undefined) return endEvent(this.#stop, this.#usage);
    const message = 'Bedrock ended its answer too early. Retry shortly.';
    return { type: 'error', error: new PlatformError('upstream_failed', message) };
  }
}

/** One whole answer as events, `start` included. */
export function* converseEvents(answer: ConverseResponse): Generator<ModelEvent> {
  yield { type: 'start' };
  let index = 0;
  for (const block of answer.output?.message?.content ?? []) {
    if (block.text !== undefined && block.text !== '') yield { type: 'text', text: block.text };
    if (block.toolUse !== undefined) {
      const { toolUseId, name, input } = block.toolUse;
      yield { type: 'tool-call', index, id: toolUseId ?? '', name: name ?? '', arguments: JSON.stringify(input ?? {}) };
      index += 1;
    }
  }
  yield endEvent(answer.stopReason, toUsage(answer.usage));
}

function endEvent(stop: StopReason | undefined, usage: ModelUsage | undefined): ModelEvent {
  const reason = finishReason(stop);
  if (reason instanceof PlatformError) return { type: 'error', error: reason };
  return {
    type: 'end',
    reason,
    ...(usage === undefined ? {} : { usage }),
    ...(stop === 'guardrail_intervened' ? { guardrail: true } : {}),
  };
}

function finishReason(stop: StopReason | undefined): FinishReason | PlatformError {
  switch (stop) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'tool_use':
      return 'tool_calls';
    case 'guardrail_intervened':
    case 'content_filtered':
      return 'content_filter';
    case 'malformed_model_output':
    case 'malformed_tool_use':
      return new PlatformError('upstream_failed', 'The model wrote an answer that Bedrock cannot read. Retry.');
    default:
      return 'stop';
  }
}

/** OpenAI counts cached tokens among the prompt's; Bedrock counts them beside `inputTokens`. */
function toUsage(usage: TokenUsage | undefined): ModelUsage | undefined {
  if (usage?.inputTokens === undefined || usage.outputTokens === undefined) return undefined;
  const read = usage.cacheReadInputTokens ?? 0;
  const written = usage.cacheWriteInputTokens ?? 0;
  return {
    inputTokens: usage.inputTokens + read + written,
    outputTokens: usage.outputTokens,
    ...(usage.cacheReadInputTokens === undefined ? {} : { cachedInputTokens: read }),
  };
}
