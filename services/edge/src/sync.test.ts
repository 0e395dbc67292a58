import { randomUUID } from 'node:crypto';
import { openDynamoSiteIntake } from '@plinth/stores/site/aws';
import { startLocalDynamo, type LocalDynamo } from '@plinth/stores/testing';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

const ARN = 'arn:aws:sqs:us-east-1:123456789012:reports-plant';
let dynamo: LocalDynamo;
let handler: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
const written: string[] = [];

beforeAll(async () => {
  dynamo = await startLocalDynamo();
  const { protocol, hostname, port } = await dynamo.client.config.endpoint!();
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: `${protocol}//${hostname}:${port}`,
    PLINTH_SITES: JSON.stringify({ [ARN]: 'plant' }),
    PLINTH_LEDGER_TABLE: dynamo.ledgerTable,
    PLINTH_RECORDS_TABLE: dynamo.recordsTable,
    PLINTH_AUDIT_TABLE: dynamo.auditTable,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => written.push(String(line)) > 0);
  ({ handler } = await import('./sync.ts'));
});
afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await dynamo.close();
});

it('takes reports in by the queue they came through, counts them, and gives back what is not due', async () => {
  const state = { at: 5, mode: 'serving', outbox: { items: 1, oldestSeconds: 2 } };
  const report = (number: number) => ({ version: 1, journal: randomUUID(), number, usage: [], state });
  const record = (messageId: string, body: object) => ({
    messageId,
    body: JSON.stringify(body),
    eventSourceARN: ARN,
  });
  const event = { Records: [record('due', report(1)), record('early', report(2))] } as unknown as SQSEvent;
  const context = { getRemainingTimeInMillis: () => 10_100 } as Context;
  expect(await handler(event, context)).toEqual({ batchItemFailures: [{ itemIdentifier: 'early' }] });
  expect(await openDynamoSiteIntake(dynamo).sites()).toEqual([{ site: 'plant', state }]);
  expect(written.map((line) => JSON.parse(line) as object)).toContainEqual(
    expect.objectContaining({ Site: 'plant', Heartbeats: 1, OutboxItems: 1, OutboxAge: 2 }),
  );
});
