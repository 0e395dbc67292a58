import type { ChatCompletionRequest, ChatMessage } from '@plinth/contracts';
import type { ModelRequest } from '@plinth/models';

/** A caller's request, with the messages and the cap that were settled on, as a model client takes it. */
export function toModelRequest(
  request: ChatCompletionRequest,
  messages: readonly ChatMessage[],
  maxTokens: number,
): ModelRequest {
  return {
    messages,
    maxTokens,
    stream: request.stream === true,
    temperature: request.temperature ?? undefined,
    topP: request.top_p ?? undefined,
    seed: request.seed ?? undefined,
    stop: typeof request.stop === 'string' ? [request.stop] : (request.stop ?? undefined),
    tools: request.tools,
    toolChoice: request.tool_choice,
    responseFormat: request.response_format?.type === 'text' ? undefined : request.response_format,
    serviceTier: request.service_tier === 'auto' ? undefined : (request.service_tier ?? undefined),
  };
}
