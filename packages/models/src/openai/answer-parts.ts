import { PlatformError, type FinishReason } from '@plinth/contracts';
import type { ModelEvent, ModelUsage } from '../model-client.ts';
import { isRecord, readNumber, readString } from './json-fields.ts';

/** `usage` as OpenAI and vLLM report it; `prompt_tokens` already includes the cached ones. */
export function readUsage(value: unknown): ModelUsage | undefined {
  if (!isRecord(value)) return undefined;
  const inputTokens = readNumber(value, 'prompt_tokens');
  const outputTokens = readNumber(value, 'completion_tokens');
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const details = value['prompt_tokens_details'];
  const cachedInputTokens = isRecord(details) ? readNumber(details, 'cached_tokens') : undefined;
  return { inputTokens, outputTokens, ...(cachedInputTokens === undefined ? {} : { cachedInputTokens }) };
}

/** Servers add reasons of their own (`eos_token`, `stop_sequence`): all of them are a stop, but for those that mean a failure. */
export function readFinishReason(reason: string): FinishReason | PlatformError {
  switch (reason) {
    case 'length':
    case 'content_filter':
    case 'tool_calls':
      return reason;
    case 'function_call':
      return 'tool_calls';
    case 'abort':
    case 'error':
      return new PlatformError('upstream_failed', "The model's server gave up in the middle of its answer. Retry.");
    default:
      return 'stop';
  }
}

/** Pieces of tool calls, from a delta or a whole message. `seen` holds the indexes already begun. */
export function readToolCalls(value: unknown, seen: Set<number>, emit: (event: ModelEvent) => void): void {
  if (!Array.isArray(value)) return;
  for (const [position, call] of value.entries()) {
    if (!isRecord(call)) continue;
    const details = isRecord(call['function']) ? call['function'] : {};
    const index = readNumber(call, 'index') ?? position;
    const args = readString(details, 'arguments') ?? '';
    if (seen.has(index)) {
      if (args !== '') emit({ type: 'tool-call', index, arguments: args });
      continue;
    }
    seen.add(index);
    const id = readString(call, 'id');
    const name = readString(details, 'name');
    emit({ type: 'tool-call', index, id: id ?? `call_${index}`, name: name ?? '', arguments: args });
  }
}
