import { randomInt } from 'node:crypto';
import { LlamaGrammarEvaluationState } from 'node-llama-cpp';
import type { GbnfJsonObjectSchema, Llama, LlamaModel, SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import { PlatformError } from '@plinth/contracts';
import type { OutputFormat, Sampling } from './engine.ts';

/** Penalties look back this many generated tokens. */
const PENALTY_WINDOW = 1_024;
/** node-llama-cpp takes an unsigned 32-bit seed; OpenAI's is any integer. */
const SEED_RANGE = 2 ** 32;

export interface SamplingDefaults {
  temperature: number;
  topP: number;
}

/** What node-llama-cpp needs to draw tokens as `sampling` asks. `generated` is the live list of tokens drawn so far. */
export function samplingOptions(
  sampling: Sampling,
  defaults: SamplingDefaults,
  generated: readonly Token[],
): SequenceEvaluateOptions {
  return {
    temperature: sampling.temperature ?? defaults.temperature,
    topP: sampling.topP ?? defaults.topP,
    topK: sampling.topK,
    minP: sampling.minP,
    seed: seedOf(sampling.seed),
    ...(isPenalised(sampling) && {
      repeatPenalty: {
        punishTokens: () => generated.slice(-PENALTY_WINDOW),
        maxPunishTokens: PENALTY_WINDOW,
        penalty: sampling.repetitionPenalty ?? 1,
        frequencyPenalty: sampling.frequencyPenalty ?? 0,
        presencePenalty: sampling.presencePenalty ?? 0,
      },
    }),
  };
}

export interface GrammarConstraint {
  state: LlamaGrammarEvaluationState;
  /** Text the grammar ends a complete answer with; generation stops there and it is not sent. */
  terminators: readonly string[];
}

/** A grammar that lets the model write nothing but the format asked for. */
export async function grammarConstraint(
  format: OutputFormat,
  llama: Llama,
  model: LlamaModel,
): Promise<GrammarConstraint> {
  try {
    const grammar =
      format.type === 'json_object'
        ? await llama.getGrammarFor('json')
        : // The schema comes from a client: what the grammar builder cannot express it refuses below.
          await llama.createGrammarForJsonSchema(format.schema as GbnfJsonObjectSchema);
    return {
      state: new LlamaGrammarEvaluationState({ model, grammar }),
      terminators: grammar.stopGenerationTriggers.map(String),
    };
  } catch (error) {
    throw new PlatformError('unsupported_feature', 'This JSON schema cannot be enforced; use a simpler schema.', {
      cause: error,
      param: 'response_format',
    });
  }
}

function seedOf(seed: number | undefined): number {
  if (seed === undefined) return randomInt(SEED_RANGE);
  return ((seed % SEED_RANGE) + SEED_RANGE) % SEED_RANGE;
}

function isPenalised({ repetitionPenalty = 1, frequencyPenalty = 0, presencePenalty = 0 }: Sampling): boolean {
  return repetitionPenalty !== 1 || frequencyPenalty !== 0 || presencePenalty !== 0;
}
