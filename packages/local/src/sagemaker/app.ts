import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { PlatformError } from '@plinth/contracts';
import { AccessKeys } from '../aws/access-keys.ts';
import { authorize } from '../aws/authorization.ts';
import { EndpointDirectory, MAX_PAYLOAD_BYTES, type EndpointOptions } from './endpoints.ts';
import { faultResponse } from './faults.ts';
import { invokeEndpoint, invokeEndpointWithResponseStream } from './invocation.ts';

export interface SageMakerAppOptions extends EndpointOptions {
  /** Access key ids that are let in. @default any */
  accessKeyIds?: readonly string[];
}

/**
 * The SageMaker runtime's HTTP protocol over the local engines: point the AWS SDK's `endpoint` at it and change nothing else.
 * InvokeEndpointAsync is not here: its bodies and answers lie in S3.
 */
export function createSageMakerApp(options: SageMakerAppOptions): Hono {
  const endpoints = new EndpointDirectory(options);
  const keys = new AccessKeys(options.accessKeyIds);
  const app = new Hono();
  app.onError((error) => faultResponse(PlatformError.from(error), randomUUID()));
  app.notFound((c) => faultResponse(unknownOperation(c.req.method, c.req.path), randomUUID()));
  app.get('/health', (c) => c.json({ status: 'ok', model: options.engine.model.id, ...options.engine.load() }));
  app.use(async (c, next) => {
    authorize(c.req.raw.headers, 'sagemaker', keys);
    await next();
  });
  app.use(bodyLimit({ maxSize: MAX_PAYLOAD_BYTES, onError: tooLarge }));
  app.post('/endpoints/:endpointName/invocations', (c) => invokeEndpoint(c, endpoints));
  app.post('/endpoints/:endpointName/invocations-response-stream', (c) =>
    invokeEndpointWithResponseStream(c, endpoints),
  );
  return app;
}

function unknownOperation(method: string, path: string): PlatformError {
  return new PlatformError('not_found', `${method} ${path} is not an operation this server has.`);
}

function tooLarge(): never {
  throw new PlatformError(
    'request_too_large',
    `The value at 'body' failed to satisfy constraint: Member must have length less than or equal to ${MAX_PAYLOAD_BYTES}.`,
  );
}
