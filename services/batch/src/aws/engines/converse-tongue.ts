import { PlatformError } from '@plinth/contracts';
import { converseEvents, converseRequest, fromBedrockError } from '@plinth/models/bedrock';
import type { Tongue } from './tongue.ts';

/** Bedrock's Converse, which batch inference takes since it knows `modelInvocationType`: one shape for all models. */
export const converseTongue: Tongue = {
  body(request) {
    // The model is the job's, and so is the tier.
    const target = { kind: 'bedrock', api: 'converse', modelId: '' } as const;
    const { modelId: _, ...body } = converseRequest(target, { ...request, serviceTier: undefined });
    return JSON.stringify(body, bytesAsBase64);
  },
  events(output) {
    try {
      const { output: said, stopReason } = output as { output?: { message?: unknown }; stopReason?: unknown };
      if (typeof said?.message !== 'object' || typeof stopReason !== 'string') throw new TypeError('no message');
      return [...converseEvents(output as Parameters<typeof converseEvents>[0])];
    } catch (error) {
      const message = 'Bedrock wrote an answer that is none of Converse.';
      return [
        { type: 'start' },
        { type: 'error', error: new PlatformError('upstream_failed', message, { cause: error }) },
      ];
    }
  },
  fault({ status = 500, message }) {
    const name = status === 400 ? 'ValidationException' : 'EngineFault';
    return fromBedrockError(Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } }));
  },
};

/** Bytes (images) as Bedrock's JSON has them. `this` holds the value itself: a Buffer has turned itself into something else by then. */
function bytesAsBase64(this: unknown, key: string, value: unknown): unknown {
  const raw = (this as Readonly<Record<string, unknown>>)[key];
  return raw instanceof Uint8Array ? Buffer.from(raw).toString('base64') : value;
}
