import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import * as z from 'zod';
import { check } from '../http/read-json.ts';
import { requestAbort, streamResponse } from '../http/stream-response.ts';
import { EVENT_STREAM_TYPE } from '../aws/event-frame.ts';
import type { EndpointDirectory } from './endpoints.ts';
import { modelErrorResponse } from './faults.ts';
import { payloadParts } from './payload-parts.ts';

/** Of an error page of the container, this much is handed over, UTF-16 code units. */
const MAX_ORIGINAL_MESSAGE = 4_096;

const name = z
  .string()
  .regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/, 'must be letters, digits and inner hyphens, 63 at most');

/** What an invocation says beside its body. Names of components and models are checked for their form: one model is behind all of them. */
const Invocation = z.object({
  endpointName: name,
  inferenceComponent: name.optional(),
  targetModel: z
    .string()
    .regex(/^[^\r\n]{1,1024}$/)
    .optional(),
  customAttributes: z
    .string()
    .regex(/^[\x20-\x7e]{0,1024}$/)
    .optional(),
});

/** POST /endpoints/{name}/invocations. */
export async function invokeEndpoint(c: Context, endpoints: EndpointDirectory): Promise<Response> {
  const { headers, answer, refused } = await invoke(c, endpoints, requestAbort(c.req.raw).signal);
  if (refused) return refused;
  return new Response(answer.body, { headers: { ...headers, 'content-type': contentTypeOf(answer) } });
}

/** POST /endpoints/{name}/invocations-response-stream: the container's bytes as PayloadPart events. */
export async function invokeEndpointWithResponseStream(c: Context, endpoints: EndpointDirectory): Promise<Response> {
  const { signal, abort } = requestAbort(c.req.raw);
  const { headers, answer, refused } = await invoke(c, endpoints, signal);
  if (refused) return refused;
  return streamResponse(payloadParts(answer), {
    headers: {
      ...headers,
      'content-type': EVENT_STREAM_TYPE,
      'x-amzn-sagemaker-content-type': contentTypeOf(answer),
    },
    onGone: abort,
  });
}

interface Invoked {
  headers: Record<string, string>;
  answer: Response;
  /** What to answer with in place of an error of the container. */
  refused?: Response;
}

async function invoke(c: Context, endpoints: EndpointDirectory, signal: AbortSignal): Promise<Invoked> {
  const { endpointName, customAttributes } = check(Invocation, {
    endpointName: c.req.param('endpointName'),
    inferenceComponent: c.req.header('x-amzn-sagemaker-inference-component'),
    targetModel: c.req.header('x-amzn-sagemaker-target-model'),
    customAttributes: c.req.header('x-amzn-sagemaker-custom-attributes'),
  });
  const contentType =
    c.req.header('x-amzn-sagemaker-content-type') ?? c.req.header('content-type') ?? 'application/octet-stream';
  const container = endpoints.find(endpointName);
  const answer = await container(new Uint8Array(await c.req.arrayBuffer()), contentType, signal);
  const headers = {
    'x-amzn-requestid': randomUUID(),
    'x-amzn-invoked-production-variant': 'AllTraffic',
    ...(customAttributes !== undefined && { 'x-amzn-sagemaker-custom-attributes': customAttributes }),
  };
  if (answer.ok) return { headers, answer };
  const message = (await answer.text()).slice(0, MAX_ORIGINAL_MESSAGE);
  return { headers, answer, refused: modelErrorResponse(answer.status, message, endpointName, randomUUID()) };
}

function contentTypeOf(answer: Response): string {
  return answer.headers.get('content-type') ?? 'application/octet-stream';
}
