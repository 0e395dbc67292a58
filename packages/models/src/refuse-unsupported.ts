import { PlatformError, type ModelFeature } from '@plinth/contracts';
import type { ModelRequest } from './model-client.ts';

const WHAT_TO_DO: Record<ModelFeature, string> = {
  tools: 'leave out tools, tool_choice and messages that carry tool calls or results',
  images: 'send text parts only',
  'structured-output': 'leave out response_format and ask for the format in the prompt',
  'prompt-cache': 'leave out cache_control',
  'service-tier': 'leave out service_tier',
  seed: 'leave out seed',
  priority: 'leave out priority',
};

/**
 * The one place that says no to a feature the model does not have, before anything is sent or spent. Gives the first such use as an
 * error naming the field, or `undefined` when the model can do all that is asked.
 */
export function refuseUnsupported(
  request: ModelRequest,
  modelId: string,
  features: ReadonlySet<ModelFeature>,
): PlatformError | undefined {
  for (const [feature, param] of featuresUsed(request)) {
    if (features.has(feature)) continue;
    return new PlatformError(
      'unsupported_feature',
      `Model "${modelId}" does not support ${feature} (field ${param}): ${WHAT_TO_DO[feature]}, or choose a model that has it.`,
      { param },
    );
  }
  return undefined;
}

/** A request that leaves no doubt what it needs: `text` output, the `default` tier and empty tool lists ask for nothing special. */
function* featuresUsed(request: ModelRequest): Generator<readonly [ModelFeature, string]> {
  if (request.seed !== undefined) yield ['seed', 'seed'];
  if (request.serviceTier !== undefined && request.serviceTier !== 'default') yield ['service-tier', 'service_tier'];
  if (request.responseFormat !== undefined && request.responseFormat.type !== 'text')
    yield ['structured-output', 'response_format'];
  if (request.tools !== undefined && request.tools.length > 0) yield ['tools', 'tools'];
  if (request.toolChoice !== undefined && request.toolChoice !== 'none' && request.toolChoice !== 'auto')
    yield ['tools', 'tool_choice'];
  for (const [index, message] of request.messages.entries()) {
    if (message.role === 'tool') yield ['tools', `messages.${index}.role`];
    if (message.role === 'assistant' && message.tool_calls !== undefined && message.tool_calls.length > 0)
      yield ['tools', `messages.${index}.tool_calls`];
    if (!Array.isArray(message.content)) continue;
    for (const [part, content] of message.content.entries()) {
      if (content.type === 'image_url') yield ['images', `messages.${index}.content.${part}`];
      else if (content.cache_control !== undefined)
        yield ['prompt-cache', `messages.${index}.content.${part}.cache_control`];
    }
  }
}
