import type { BatchEngine } from '@plinth/contracts';
import { converseTongue } from './converse-tongue.ts';
import { openaiTongue } from './openai-tongue.ts';
import type { Tongue } from './tongue.ts';

/** How the model of an engine is spoken to. @param modelId What the engine knows it by. */
export function tongueOf(engine: BatchEngine, modelId: string): Tongue {
  return engine === 'bedrock' ? converseTongue : openaiTongue(modelId);
}
