import { BatchStepsEnvironment, parseEnvironment } from '@plinth/contracts';
import { createEmbeddedMetrics } from '@plinth/front/embedded-metrics';
import { createLambdaLog } from '@plinth/front/lambda-log';
import { createBedrockRuntime } from '@plinth/models/bedrock';
import { createSageMakerRuntime } from '@plinth/models/sagemaker';
import { systemClock } from '@plinth/stores';
import { createDynamoClient, openDynamoStores } from '@plinth/stores/aws';
import type { Context } from 'aws-lambda';
import { composeSteps } from './aws/compose-steps.ts';
import { openBatches, openBuckets } from './aws/open.ts';
import type { StepAnswer } from './aws/step-handler.ts';

/** Entry point on Lambda for the steps of the workflow that no AWS service does by itself. Composed once a cold start. */
const environment = parseEnvironment(BatchStepsEnvironment, process.env);
const region = process.env['AWS_REGION'] ?? 'us-east-1';
const write = (line: string) => void process.stdout.write(`${line}\n`);
const dynamo = createDynamoClient({ region });
const buckets = openBuckets({ ...environment, region });

const handle = composeSteps({
  environment,
  buckets,
  store: openBatches(dynamo, environment.PLINTH_JOBS_TABLE, buckets),
  ...openDynamoStores({
    client: dynamo,
    ledgerTable: environment.PLINTH_LEDGER_TABLE,
    recordsTable: environment.PLINTH_RECORDS_TABLE,
    auditTable: environment.PLINTH_AUDIT_TABLE,
  }),
  clock: systemClock,
  bedrock: createBedrockRuntime({ region }),
  sagemaker: createSageMakerRuntime({ region }),
  observe: createEmbeddedMetrics({ namespace: 'Plinth/Batch', write, now: Date.now }),
  logError: createLambdaLog(write),
});

export const handler = (event: unknown, context: Context): Promise<StepAnswer> =>
  handle(event, () => context.getRemainingTimeInMillis());
