import * as z from 'zod';
import { PlatformError } from '@plinth/contracts';
import type { OutputFormat } from '../engine/engine.ts';
import type { PromptlessRequest } from './answer.ts';
import { parseJson, check } from '../http/read-json.ts';
import type { PartedTurn } from './guardrail/guard-prompt.ts';
import { GuardrailConfig } from './guardrail/guardrail-config.ts';

const text = z.string().min(1).max(1_000_000);
/** A content block names its kind by its only key; what is inside the kinds this model refuses does not matter. */
const Block = z.record(z.string(), z.unknown());
const TextBlock = z.object({ text });
const MarkedBlock = z.object({ guardContent: z.object({ text: z.object({ text }) }) });
const Message = z.object({ role: z.enum(['user', 'assistant']), content: z.array(Block).min(1).max(1_024) });

export const ConverseRequest = z.object({
  messages: z.array(Message).min(1).max(2_048),
  system: z.array(Block).max(1_024).nullish(),
  inferenceConfig: z
    .object({
      maxTokens: z.int().min(1).max(1_000_000).nullish(),
      temperature: z.number().min(0).max(1).nullish(),
      topP: z.number().gt(0).max(1).nullish(),
      stopSequences: z.array(z.string().min(1).max(512)).max(2_500).nullish(),
    })
    .nullish(),
  guardrailConfig: GuardrailConfig.nullish(),
  additionalModelRequestFields: z
    .strictObject({
      seed: z.int().optional(),
      top_k: z.int().min(0).optional(),
      min_p: z.number().min(0).max(1).optional(),
      repetition_penalty: z.number().gt(0).max(2).optional(),
    })
    .nullish(),
  performanceConfig: z.object({ latency: z.enum(['standard', 'optimized']) }).nullish(),
  outputConfig: z
    .object({
      textFormat: z
        .object({
          type: z.literal('json_schema'),
          structure: z.object({ jsonSchema: z.object({ schema: z.string().max(100_000) }) }),
        })
        .nullish(),
    })
    .nullish(),
  toolConfig: z.unknown().optional(),
  promptVariables: z.unknown().optional(),
});
export type ConverseRequest = z.infer<typeof ConverseRequest>;

export function toTurns({ system, messages }: Pick<ConverseRequest, 'messages' | 'system'>): PartedTurn[] {
  if (messages[0]?.role !== 'user') throw invalid('A conversation must start with a user message.');
  if (messages.at(-1)?.role !== 'user') {
    throw invalid(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    );
  }
  messages.forEach(({ role }, index) => {
    if (role === messages[index - 1]?.role)
      throw invalid('Roles must alternate between "user" and "assistant" in a conversation.');
  });
  const turns = messages.map(({ role, content }, index): PartedTurn => ({
    role,
    parts: readBlocks(content, `messages.${index}.content`),
  }));
  return system?.length ? [{ role: 'system', parts: readBlocks(system, 'system') }, ...turns] : turns;
}

/** The engine's request for Converse's. Like Bedrock, asks for more tokens than fit are cut to what fits. */
export function toGeneration(request: ConverseRequest): PromptlessRequest {
  if (request.toolConfig) throw unsupported("This model doesn't support tool use.");
  if (request.promptVariables) throw unsupported('Prompt variables need a managed prompt; this server has none.');
  if (request.performanceConfig?.latency === 'optimized') {
    throw unsupported('Latency performance configuration is not supported for this model.');
  }
  const { maxTokens, temperature, topP, stopSequences } = request.inferenceConfig ?? {};
  const extra = request.additionalModelRequestFields ?? {};
  return {
    maxTokens: maxTokens ?? undefined,
    onOverflow: 'clamp',
    stop: stopSequences ?? [],
    sampling: {
      temperature: temperature ?? undefined,
      topP: topP ?? undefined,
      topK: extra.top_k,
      minP: extra.min_p,
      seed: extra.seed,
      repetitionPenalty: extra.repetition_penalty,
    },
    format: toFormat(request),
  };
}

const REFUSED_BLOCKS: Record<string, string> = {
  image: "This model doesn't support images.",
  document: "This model doesn't support documents.",
  video: "This model doesn't support video.",
  audio: "This model doesn't support audio.",
  toolUse: "This model doesn't support tool use.",
  toolResult: "This model doesn't support tool use.",
  reasoningContent: "This model doesn't support reasoning content.",
  cachePoint: "This model doesn't support prompt caching; leave out cachePoint.",
};

function readBlocks(blocks: readonly Record<string, unknown>[], param: string): PartedTurn['parts'] {
  return blocks.map((block, index) => {
    if ('guardContent' in block) return { text: check(MarkedBlock, block).guardContent.text.text, marked: true };
    if ('text' in block) return { text: check(TextBlock, block).text, marked: false };
    const kind = Object.keys(block)[0] ?? '';
    const why = REFUSED_BLOCKS[kind] ?? `The content block ${kind} is not known.`;
    throw unsupported(`${why} Send text instead (${param}.${index}).`);
  });
}

function toFormat({ outputConfig }: ConverseRequest): OutputFormat | undefined {
  const schema = outputConfig?.textFormat?.structure.jsonSchema.schema;
  if (schema === undefined) return undefined;
  const parsed = check(z.record(z.string(), z.unknown()), parseJson(new TextEncoder().encode(schema)));
  return { type: 'json_schema', schema: parsed };
}

function invalid(message: string): PlatformError {
  return new PlatformError('invalid_request', message);
}

function unsupported(message: string): PlatformError {
  return new PlatformError('unsupported_feature', message);
}
