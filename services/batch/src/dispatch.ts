import { BatchDispatchEnvironment, parseEnvironment } from '@plinth/contracts';
import { createLambdaLog } from '@plinth/front/lambda-log';
import { systemClock } from '@plinth/stores';
import { createDynamoClient, openDynamoStores } from '@plinth/stores/aws';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { bedrockJobs } from './aws/dispatch/bedrock-jobs.ts';
import { Dispatcher } from './aws/dispatch/dispatcher.ts';
import { createDispatchHandler } from './aws/dispatch/queue-handler.ts';
import { stepFunctionsWorkflow } from './aws/dispatch/workflow.ts';
import { lazily } from './aws/lazily.ts';
import { openBatches, openBuckets } from './aws/open.ts';

/** Entry point on Lambda, fed by the queue of batches that wait and the one that is heard at any hour. Composed once a cold start. */
const environment = parseEnvironment(BatchDispatchEnvironment, process.env);
const region = process.env['AWS_REGION'] ?? 'us-east-1';
const write = (line: string) => void process.stdout.write(`${line}\n`);
const dynamo = createDynamoClient({ region });
const stores = openDynamoStores({
  client: dynamo,
  ledgerTable: environment.PLINTH_LEDGER_TABLE,
  recordsTable: environment.PLINTH_RECORDS_TABLE,
  auditTable: environment.PLINTH_AUDIT_TABLE,
});
const onBedrock = environment.PLINTH_CATALOG.some(({ engines }) => engines.bedrock !== undefined);

const handle = createDispatchHandler({
  dispatcher: new Dispatcher({
    store: openBatches(dynamo, environment.PLINTH_JOBS_TABLE, openBuckets({ ...environment, region })),
    ledger: stores.ledger,
    workflow: stepFunctionsWorkflow(
      lazily(async () => new (await import('@aws-sdk/client-sfn')).SFNClient({ region, maxAttempts: 3 })),
      environment.PLINTH_STATE_MACHINE_ARN,
    ),
    jobs: onBedrock
      ? bedrockJobs(
          lazily(async () => new (await import('@aws-sdk/client-bedrock')).BedrockClient({ region, maxAttempts: 3 })),
        )
      : undefined,
    clock: systemClock,
    logError: createLambdaLog(write),
  }),
  log: (line) => write(JSON.stringify(line)),
});

export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  handle(event, () => context.getRemainingTimeInMillis());
