import { EdgeSyncEnvironment, parseEnvironment } from '@plinth/contracts';
import { createDynamoClient } from '@plinth/stores/aws';
import { openDynamoSiteIntake } from '@plinth/stores/site/aws';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createSyncHandler } from './sync/handler.ts';
import { reportMetrics } from './sync/metrics.ts';

/** Entry point on Lambda at the centre, fed by a queue for each site. Composed once a cold start. */
const environment = parseEnvironment(EdgeSyncEnvironment, process.env);
const region = process.env['AWS_REGION'] ?? 'us-east-1';
const write = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);

const handle = createSyncHandler({
  sites: environment.PLINTH_SITES,
  intake: openDynamoSiteIntake({
    client: createDynamoClient({ region }),
    ledgerTable: environment.PLINTH_LEDGER_TABLE,
    recordsTable: environment.PLINTH_RECORDS_TABLE,
    auditTable: environment.PLINTH_AUDIT_TABLE,
  }),
  metrics: reportMetrics({ write, now: Date.now }),
  log: write,
});

export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  handle(event, () => context.getRemainingTimeInMillis());
