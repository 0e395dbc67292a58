import type { EngineFault } from '@plinth/batching';
import type { PlatformError } from '@plinth/contracts';
import type { ModelEvent, ModelRequest } from '@plinth/models';

/** How a model behind files is spoken to: what one request is in them, and what is made of its answer. */
export interface Tongue {
  /** The body of a request, as JSON. Throws a PlatformError for what this model cannot be asked. */
  body(request: ModelRequest): string;
  /** What an answer says; ends in an error where it makes no sense. */
  events(output: unknown): readonly ModelEvent[];
  /** Why there is no answer, in our codes; without the engine's words, which may quote the prompt. */
  fault(fault: EngineFault): PlatformError;
}
