import type { ChatMessage } from '@plinth/contracts';
import type { ModelRequest } from '../model-client.ts';

/**
 * The body of POST /v1/chat/completions. `max_tokens` rather than `max_completion_tokens`, and `system` rather than `developer`, since
 * every compatible server and chat template knows those. `priority` is vLLM's. Absent fields are left out by `JSON.stringify`.
 */
export function chatBody(modelId: string, request: ModelRequest, priority?: number): string {
  return JSON.stringify({
    model: modelId,
    messages: wireMessages(request.messages),
    max_tokens: request.maxTokens,
    stream: request.stream,
    stream_options: request.stream ? { include_usage: true } : undefined,
    temperature: request.temperature,
    top_p: request.topP,
    seed: request.seed,
    stop: request.stop !== undefined && request.stop.length > 0 ? request.stop : undefined,
    tools: request.tools !== undefined && request.tools.length > 0 ? request.tools : undefined,
    tool_choice: request.tools !== undefined && request.tools.length > 0 ? request.toolChoice : undefined,
    response_format: request.responseFormat?.type === 'text' ? undefined : request.responseFormat,
    priority,
    service_tier: request.serviceTier === 'default' ? undefined : request.serviceTier,
  });
}

/** The body of vLLM's POST /tokenize, which applies the model's own chat template. */
export function tokenizeBody(modelId: string, messages: readonly ChatMessage[]): string {
  return JSON.stringify({ model: modelId, messages: wireMessages(messages), add_generation_prompt: true });
}

function wireMessages(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  if (!messages.some((message) => message.role === 'developer')) return messages;
  return messages.map((message) => (message.role === 'developer' ? { ...message, role: 'system' } : message));
}
