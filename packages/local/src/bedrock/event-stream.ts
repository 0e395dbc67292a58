import { PlatformError } from '@plinth/contracts';
import { eventFrame } from '../aws/event-frame.ts';
import { toStreamFault } from './errors.ts';

export interface StreamEvent {
  type: string;
  payload: Record<string, unknown>;
}

/** Frames events as AWS does. What the source throws becomes a last frame, an exception event, and the stream ends. */
export async function* encodeEvents(events: AsyncIterable<StreamEvent>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const { type, payload } of events) yield eventFrame('event', type, payload);
  } catch (error) {
    const { type, body } = toStreamFault(PlatformError.from(error));
    yield eventFrame('exception', type, body);
  }
}
