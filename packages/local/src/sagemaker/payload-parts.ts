import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { PlatformError } from '@plinth/contracts';
import { eventFrame } from '../aws/event-frame.ts';

/** Largest part, bytes: SageMaker's own are no larger than a socket read. */
const MAX_PART_BYTES = 16 * 1024;

/**
 * The body of a container's answer as `PayloadPart` events. SageMaker cuts anywhere, in lines and in characters, and so does this: each piece
 * the container wrote goes out in two. A body that breaks off ends with `ModelStreamError`.
 */
export async function* payloadParts(answer: Response): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (answer.body === null) return;
    for await (const chunk of Readable.fromWeb(answer.body as WebStream)) {
      for (const part of cut(chunk as Uint8Array)) yield eventFrame('event', 'PayloadPart', part);
    }
  } catch (error) {
    const { code, message } = PlatformError.from(error, 'upstream_failed');
    yield code === 'internal'
      ? eventFrame('exception', 'InternalStreamFailure', { Message: message })
      : eventFrame('exception', 'ModelStreamError', { Message: message, ErrorCode: 'StreamBroken' });
  }
}

function* cut(chunk: Uint8Array): Generator<Uint8Array> {
  const middle = Math.ceil(chunk.length / 3);
  for (const half of [chunk.subarray(0, middle), chunk.subarray(middle)])
    for (let at = 0; at < half.length; at += MAX_PART_BYTES) yield half.subarray(at, at + MAX_PART_BYTES);
}
