import { resolve } from 'node:path';
import { EdgeSyncEnvironment } from '@plinth/contracts';
import {
  AuditTable,
  LedgerTable,
  RecordsTable,
  ServiceFunction,
  WorkQueue,
  grantKeyThrough,
  type WorkQueueArgs,
} from '@plinth/infra';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Ground } from './centre.ts';
import type { EdgeConfig } from './config.ts';

/** Where sites report, and what becomes of it. */
export interface Reports {
  readonly ledger: LedgerTable;
  readonly records: RecordsTable;
  readonly audit: AuditTable;
  /** By site. A site sends to its own alone, so nobody can report in another's name. */
  readonly queues: ReadonlyMap<string, WorkQueue>;
  readonly sync: ServiceFunction<typeof EdgeSyncEnvironment>;
}

/** Seconds the function may take for a batch, and six times that for the queue to wait for it (Lambda developer guide, SQS). */
const SYNC_SECONDS = 60;

export function reports(config: EdgeConfig, ground: Ground, opts: pulumi.ComponentResourceOptions): Reports {
  const { placement, dataKeyArn, disposable } = ground;
  const table = { keyArn: dataKeyArn, deletionProtection: !disposable };
  const ledger = new LedgerTable('ledger', table, opts);
  const records = new RecordsTable('records', table, opts);
  const audit = new AuditTable('audit', table, opts);

  const queue: WorkQueueArgs = {
    placement,
    keyArn: dataKeyArn,
    visibilitySeconds: 6 * SYNC_SECONDS,
    // A report that came before its turn is looked at again: five hours of an outage behind it must not make dead letters of a site's reports.
    maxReceives: 50,
    // A site does not send again what a queue has taken: it must outlast a long weekend of ours.
    retentionDays: 13,
  };
  const queues = new Map(config.sites.map(({ name }) => [name, new WorkQueue(`reports-${name}`, queue, opts)]));
  const siteByQueue = pulumi
    .all([...queues].map(([site, { arn }]) => arn.apply((known) => [known, site] as const)))
    .apply((pairs) => Object.fromEntries(pairs));

  const sync = new ServiceFunction(
    'sync',
    {
      description: 'Takes in what sites report, each item once.',
      bundle: resolve(import.meta.dirname, '../..', config.bundle),
      handler: 'sync.handler',
      contract: EdgeSyncEnvironment,
      environment: {
        PLINTH_SITES: pulumi.jsonStringify(siteByQueue),
        PLINTH_LEDGER_TABLE: ledger.tableName,
        PLINTH_RECORDS_TABLE: records.tableName,
        PLINTH_AUDIT_TABLE: audit.tableName,
      },
      environmentKeyArn: dataKeyArn,
      logGroupName: `/plinth/${pulumi.getStack()}/edge-sync`,
      logKeyArn: dataKeyArn,
      logRetentionDays: config.logRetentionDays,
      reservedConcurrency: config.sync.reservedConcurrency,
      memoryMb: 512,
      timeoutSeconds: SYNC_SECONDS,
      statements: [
        ledger.grantReadWrite(),
        records.grantReadWrite(),
        audit.grantAppend(),
        grantKeyThrough(dataKeyArn, placement, 'dynamodb'),
        ...[...queues.values()].flatMap((each) => each.grantConsume()),
      ],
    },
    opts,
  );
  for (const [site, { arn }] of queues)
    new aws.lambda.EventSourceMapping(
      `reports-${site}`,
      {
        functionName: sync.functionName,
        eventSourceArn: arn,
        batchSize: 10,
        functionResponseTypes: ['ReportBatchItemFailures'],
        // A site that catches up must not take every copy from the others.
        scalingConfig: { maximumConcurrency: 2 },
      },
      { ...opts, dependsOn: sync },
    );
  return { ledger, records, audit, queues, sync };
}
