// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- types of a package that has none, for whoever imports this file
/// <reference path="./dynalite.d.ts" />
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

export interface LocalDynamo {
  readonly client: DynamoDBClient;
  readonly ledgerTable: string;
  readonly recordsTable: string;
  readonly auditTable: string;
  close(): Promise<void>;
}

/** A DynamoDB server in this process, with the three tables the stores need. */
export async function startLocalDynamo(): Promise<LocalDynamo> {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const tables = { ledgerTable: 'ledger', recordsTable: 'records', auditTable: 'audit' };
  for (const TableName of Object.values(tables)) {
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.01, maxDelay: 0.05 }, { TableName });
  }
  return {
    client,
    ...tables,
    close: async () => {
      client.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}
