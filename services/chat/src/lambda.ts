import { ChatLambdaEnvironment, parseEnvironment } from '@plinth/contracts';
import { createEmbeddedMetrics } from '@plinth/front/embedded-metrics';
import { createLambdaLog } from '@plinth/front/lambda-log';
import { createBedrockRuntime } from '@plinth/models/bedrock';
import { createDynamoClient, openDynamoStores } from '@plinth/stores/aws';
import { streamHandle } from 'hono/aws-lambda';
import { createChatApp } from './app.ts';
import { composeChat } from './compose.ts';
import { modelOpener } from './models.ts';

/** Entry point on Lambda, behind an API Gateway REST API whose integration streams. Composed once a cold start. */
const environment = parseEnvironment(ChatLambdaEnvironment, process.env);
const region = process.env['AWS_REGION'] ?? 'us-east-1';
const write = (line: string) => void process.stdout.write(`${line}\n`);
const logError = createLambdaLog(write);

const stores = openDynamoStores({
  client: createDynamoClient({ region: environment.PLINTH_STORES_REGION ?? region }),
  ledgerTable: environment.PLINTH_LEDGER_TABLE,
  recordsTable: environment.PLINTH_RECORDS_TABLE,
  auditTable: environment.PLINTH_AUDIT_TABLE,
});
const bedrock = createBedrockRuntime({ region });
const platform = composeChat({
  environment,
  ...stores,
  sweepAll: false,
  bedrock,
  openModel: modelOpener(bedrock),
  observe: createEmbeddedMetrics({ namespace: 'Plinth/Chat', write, now: Date.now }),
  logError,
});
// Runs while a request does, and renews the reservations of long answers.
platform.admission.start();

export const handler = streamHandle(createChatApp({ ...platform, logError, ready: () => Promise.resolve(true) }));
