import { PlatformError } from '@plinth/contracts';
import type { Engine } from '../engine/engine.ts';

/** Throws `model_not_found` for a model this server does not have. */
export function assertServed(engine: Engine, name: string): void {
  if (name === engine.model.id) return;
  throw new PlatformError(
    'model_not_found',
    `The model ${name} is not served here; this server has ${engine.model.id}.`,
    {
      param: 'model',
    },
  );
}
