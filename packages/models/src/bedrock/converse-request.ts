import type {
  ConverseStreamRequest,
  OutputConfig,
  Tool,
  ToolChoice,
  ToolConfiguration,
} from '@aws-sdk/client-bedrock-runtime';
import { PlatformError } from '@plinth/contracts';
import type { ModelRequest } from '../model-client.ts';
import { toConversePrompt } from './converse-messages.ts';
import type { BedrockTarget } from './target.ts';

/** A request as Converse and ConverseStream take it, but for the guardrail, whose shape differs. Throws PlatformErrors. */
export function converseRequest(
  target: BedrockTarget,
  request: ModelRequest,
): Omit<ConverseStreamRequest, 'guardrailConfig'> {
  const { system, messages } = toConversePrompt(request.messages);
  if (request.temperature !== undefined && request.temperature > 1)
    throw new PlatformError('invalid_request', 'temperature is between 0 and 1 on Bedrock. Lower it.', {
      param: 'temperature',
    });
  const toolConfig = toolConfiguration(request);
  const outputConfig = outputConfiguration(request);
  return {
    modelId: target.modelId,
    messages,
    ...(system.length === 0 ? {} : { system }),
    inferenceConfig: {
      maxTokens: request.maxTokens,
      temperature: request.temperature,
      topP: request.topP,
      stopSequences: request.stop === undefined || request.stop.length === 0 ? undefined : [...request.stop],
    },
    ...(toolConfig === undefined ? {} : { toolConfig }),
    ...(outputConfig === undefined ? {} : { outputConfig }),
    // The default tier is what a model has without being asked, and models without tiers refuse the field.
    ...(request.serviceTier === undefined || request.serviceTier === 'default'
      ? {}
      : { serviceTier: { type: request.serviceTier } }),
    // Converse has no seed of its own; a model with the `seed` feature takes it as a field of its native body.
    ...(request.seed === undefined ? {} : { additionalModelRequestFields: { seed: request.seed } }),
  };
}

function toolConfiguration(request: ModelRequest): ToolConfiguration | undefined {
  const speaksOfTools = request.messages.some(
    (turn) => turn.role === 'tool' || (turn.role === 'assistant' && (turn.tool_calls?.length ?? 0) > 0),
  );
  const given = request.tools ?? [];
  if (given.length === 0) {
    if (!speaksOfTools) return undefined;
    throw new PlatformError('invalid_request', 'The messages carry tool calls: send the tools they call with them.', {
      param: 'tools',
    });
  }
  if (request.toolChoice === 'none') {
    // Converse cannot forbid tools; without any in the messages, leaving them out says the same.
    if (!speaksOfTools) return undefined;
    throw new PlatformError(
      'unsupported_feature',
      'Bedrock cannot forbid tools once the messages carry tool calls. Leave tool_choice out, or the tool turns.',
      { param: 'tool_choice' },
    );
  }
  const tools: Tool[] = given.map(({ function: tool }) => ({
    toolSpec: {
      name: tool.name,
      ...(tool.description === undefined || tool.description === '' ? {} : { description: tool.description }),
      inputSchema: { json: (tool.parameters ?? { type: 'object', properties: {} }) as JsonDocument },
      ...(typeof tool.strict === 'boolean' ? { strict: tool.strict } : {}),
    },
  }));
  const toolChoice = choiceOf(request.toolChoice);
  return toolChoice === undefined ? { tools } : { tools, toolChoice };
}

type JsonDocument = NonNullable<NonNullable<NonNullable<Tool['toolSpec']>['inputSchema']>['json']>;

function choiceOf(choice: ModelRequest['toolChoice']): ToolChoice | undefined {
  if (choice === undefined || choice === 'none') return undefined;
  if (choice === 'auto') return { auto: {} };
  if (choice === 'required') return { any: {} };
  return { tool: { name: choice.function.name } };
}

function outputConfiguration(request: ModelRequest): OutputConfig | undefined {
  const format = request.responseFormat;
  if (format === undefined || format.type === 'text') return undefined;
  if (format.type === 'json_object' || format.json_schema.schema === undefined)
    throw new PlatformError(
      'unsupported_feature',
      'Bedrock takes a JSON schema only: send response_format of type json_schema with a schema.',
      { param: 'response_format' },
    );
  const { name, schema } = format.json_schema;
  return {
    textFormat: { type: 'json_schema', structure: { jsonSchema: { name, schema: JSON.stringify(schema) } } },
  };
}
