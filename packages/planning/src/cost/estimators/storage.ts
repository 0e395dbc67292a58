import { prices } from '@plinth/sizing';
import { always, forRequests, type Estimator } from '../estimator.ts';
import { numberAt } from '../read.ts';

export const bucket: Estimator = {
  types: ['aws:s3/bucket:Bucket', 'aws:s3/bucketV2:BucketV2'],
  charges: () => [
    { what: 'Storage', price: prices.bucketStorage, quantity: (use) => use.storedGb },
    { what: 'Writes', price: prices.bucketWrites, quantity: forRequests(1 / 1000) },
    { what: 'Reads', price: prices.bucketReads, quantity: forRequests(1 / 1000) },
  ],
};

export const vectorIndex: Estimator = {
  types: ['aws:s3vectors/index:Index', 'aws:s3/vectorsIndex:VectorsIndex'],
  charges: () => [
    { what: 'Vectors kept', price: prices.vectorStorage, quantity: (use) => use.storedGb },
    {
      what: 'Queries',
      price: prices.vectorQueries,
      quantity: forRequests(1 / 1e6),
      note: 'the call; what a query reads through is billed besides, by size of the index',
    },
  ],
};

export const imageRepository: Estimator = {
  types: ['aws:ecr/repository:Repository'],
  charges: () => [
    {
      what: 'Images kept, 20 GB',
      price: prices.imageStorage,
      quantity: always(20),
      note: 'two versions of an inference image of 10 GB',
    },
  ],
};

export const volume: Estimator = {
  types: ['aws:ebs/volume:Volume'],
  charges: ({ props }) => [
    { what: 'Volume', price: prices.volumeStorage, quantity: always(numberAt(props, 'size') ?? 0) },
  ],
};

export const fileSystem: Estimator = {
  types: ['aws:efs/fileSystem:FileSystem'],
  charges: () => [{ what: 'Files kept', price: prices.fileStorage, quantity: (use) => use.storedGb }],
};
