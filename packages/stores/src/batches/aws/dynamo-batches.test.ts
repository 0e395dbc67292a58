import { openS3Objects } from '../../objects/aws/index.ts';
import { batchStoreContract, startLocalDynamo, startLocalS3 } from '../../testing/index.ts';
import { openDynamoBatches } from './index.ts';

batchStoreContract(
  'DynamoDB and S3',
  async () => {
    const [dynamo, s3] = [await startLocalDynamo(), await startLocalS3()];
    const open = () =>
      openDynamoBatches({ client: dynamo.client, table: dynamo.recordsTable, objects: openS3Objects(s3) });
    const close = async () => {
      await dynamo.close();
      await s3.close();
    };
    return { store: open(), another: () => Promise.resolve(open()), close };
  },
  { runs: 30 },
);
