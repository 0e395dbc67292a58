import { DeleteItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { LocalDynamo } from '../testing/index.ts';
import {
  auditLogContract,
  conversationStoreContract,
  keyStoreContract,
  ledgerContract,
  ManualClock,
  MIDDAY,
  startLocalDynamo,
} from '../testing/index.ts';
import { openDynamoStores } from './index.ts';

ledgerContract(
  'DynamoDB',
  async () => {
    const dynamo = await startLocalDynamo();
    const clock = new ManualClock(MIDDAY);
    return { ...openDynamoStores({ ...dynamo, clock }), clock, close: () => dynamo.close() };
  },
  { runs: 30 },
);

const open = async () => {
  const dynamo = await startLocalDynamo();
  return { ...openDynamoStores(dynamo), close: () => dynamo.close() };
};
keyStoreContract('DynamoDB', open);
conversationStoreContract('DynamoDB', open);

auditLogContract('DynamoDB', async () => {
  let dynamo: LocalDynamo | undefined;
  return {
    open: async () => {
      await dynamo?.close();
      dynamo = await startLocalDynamo();
      return openDynamoStores(dynamo).audit;
    },
    tamper: async (change) => {
      const { client, auditTable: TableName } = dynamo!;
      const { Items = [] } = await client.send(new ScanCommand({ TableName }));
      for (const item of Items.filter(({ pk }) => pk!.S!.startsWith('chain#'))) {
        const { pk, sk } = item as { pk: { S: string }; sk: { S: string } };
        const changed = change({ first: Number(sk.S), lines: item.lines!.S! });
        await client.send(new DeleteItemCommand({ TableName, Key: { pk, sk } }));
        if (!changed) continue;
        const Item = { pk, sk: { S: String(changed.first).padStart(16, '0') }, lines: { S: changed.lines } };
        await client.send(new PutItemCommand({ TableName, Item }));
      }
    },
    close: async () => dynamo?.close(),
  };
});
