import { AsyncLocalStorage } from 'node:async_hooks';
import { BatchApiEnvironment, parseEnvironment } from '@plinth/contracts';
import { createLambdaLog } from '@plinth/front/lambda-log';
import { createClaimsIdentify, type VerifiedClaims } from '@plinth/gateway';
import { systemClock } from '@plinth/stores';
import { createDynamoClient, openDynamoStores } from '@plinth/stores/aws';
import { createS3Client } from '@plinth/stores/objects/aws';
import { Hono } from 'hono';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import { createBatchApp } from './app.ts';
import { composeApi } from './aws/api/compose-api.ts';
import { tellDispatcher } from './aws/api/queues.ts';
import { signedPlaces } from './aws/api/signed-places.ts';
import { lazily } from './aws/lazily.ts';
import { openBatches, openBuckets } from './aws/open.ts';

/** Entry point on Lambda, behind an HTTP API whose authorizer verified the caller. Composed once a cold start. */
const environment = parseEnvironment(BatchApiEnvironment, process.env);
const region = process.env['AWS_REGION'] ?? 'us-east-1';
const logError = createLambdaLog((line) => void process.stdout.write(`${line}\n`));
const dynamo = createDynamoClient({ region });
const buckets = openBuckets({ ...environment, region });
const stores = openDynamoStores({
  client: dynamo,
  ledgerTable: environment.PLINTH_LEDGER_TABLE,
  recordsTable: environment.PLINTH_RECORDS_TABLE,
  auditTable: environment.PLINTH_AUDIT_TABLE,
});
const claims = new AsyncLocalStorage<VerifiedClaims | undefined>();
const platform = composeApi({
  environment,
  store: openBatches(dynamo, environment.PLINTH_JOBS_TABLE, buckets),
  buckets,
  clock: systemClock,
  signed: signedPlaces({
    client: createS3Client({ region }),
    inputBucket: environment.PLINTH_INPUT_BUCKET,
    outputBucket: environment.PLINTH_OUTPUT_BUCKET,
    now: Date.now,
  }),
  wake: tellDispatcher({
    client: lazily(async () => {
      const { SQSClient } = await import('@aws-sdk/client-sqs');
      // By the Region's endpoint, so that another can be pointed at; the queue's address names one of its own.
      return new SQSClient({ region, maxAttempts: 3, useQueueUrlAsEndpoint: false });
    }),
    workUrl: environment.PLINTH_WORK_QUEUE_URL,
    controlUrl: environment.PLINTH_CONTROL_QUEUE_URL,
    logError,
  }),
});
const app = createBatchApp({
  ...platform,
  audit: stores.audit,
  clock: systemClock,
  logError,
  identify: createClaimsIdentify({
    claims: () => claims.getStore(),
    keys: stores.keys,
    clock: systemClock,
    issuer: environment.PLINTH_OIDC_ISSUER,
    audience: environment.PLINTH_OIDC_AUDIENCE,
    defaultTenantLimits: environment.PLINTH_DEFAULT_LIMITS,
    userLimits: environment.PLINTH_DEFAULT_LIMITS,
  }),
  ready: () => Promise.resolve(true),
});

/** Every request runs with the claims it was invoked with. They are API Gateway's own words, never a header's. */
const front = new Hono<{ Bindings: { event?: LambdaEvent } }>().use((context, next) =>
  claims.run(claimsOf(context.env.event), next),
);
front.mount('/', app.fetch);

function claimsOf(event: LambdaEvent | undefined): VerifiedClaims | undefined {
  const request = event?.requestContext as { authorizer?: { jwt?: { claims?: unknown } } } | undefined;
  const given = request?.authorizer?.jwt?.claims;
  return typeof given === 'object' && given !== null ? (given as VerifiedClaims) : undefined;
}

export const handler = handle(front);
