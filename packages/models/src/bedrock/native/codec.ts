import type { FinishReason, ModelFeature } from '@plinth/contracts';
import type { ModelRequest, ModelUsage } from '../../model-client.ts';

/** What one native answer, or one chunk of it, says. */
export interface NativePiece {
  readonly text: string;
  /** Present in the last chunk and in a whole answer. */
  readonly reason?: FinishReason;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
}

/**
 * The native body of one family of models on InvokeModel. To add a family: one file with one codec, its name in `ModelTarget.api`, and
 * a line in `nativeCodec`.
 */
export interface NativeCodec {
  readonly features: readonly ModelFeature[];
  /** The JSON body; throws `unsupported_feature` for what the body has no field for. */
  encode(request: ModelRequest): Record<string, unknown>;
  /** Reads one parsed JSON object of the answer. */
  decode(body: Record<string, unknown>): NativePiece;
}

/** The counts a codec saw, merged with the ones Bedrock itself adds to the last chunk. */
export function nativeUsage(inputTokens: number | undefined, outputTokens: number | undefined): ModelUsage | undefined {
  return inputTokens === undefined || outputTokens === undefined ? undefined : { inputTokens, outputTokens };
}
