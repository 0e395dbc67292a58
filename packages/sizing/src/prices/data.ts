import { published } from './unit-price.ts';

const dynamo = published('dynamodb', '2024-11-15');
const s3 = published('s3', '2024-07-01');
const vectors = published('s3', '2025-12-02');
const aurora = published('rds/aurora', '2024-07-01');
const ecr = published('ecr', '2024-07-01');
const ebs = published('ebs', '2024-07-01');
const efs = published('efs', '2024-07-01');

/** On demand, since the price cut of November 2024. A write unit holds 1 KB, a read unit 4 KB. */
export const tableWrites = dynamo(0.625, '1M write units');
export const tableReads = dynamo(0.125, '1M read units');
export const tableStorage = dynamo(0.25, 'GB-month');
export const tableRecovery = dynamo(0.2, 'GB-month');

/** S3 Standard, first 50 TB. */
export const bucketStorage = s3(0.023, 'GB-month');
export const bucketWrites = s3(0.005, '1,000 requests');
export const bucketReads = s3(0.0004, '1,000 requests');

export const vectorStorage = vectors(0.06, 'GB-month');
export const vectorWrites = vectors(0.2, 'GB');
/** The calls; what a query reads through is billed besides, by size of the index. */
export const vectorQueries = vectors(2.5, '1M queries');

/** Aurora Serverless v2, Standard and I/O-Optimized. */
export const auroraCapacity = { standard: aurora(0.12, 'ACU-hour'), ioOptimized: aurora(0.156, 'ACU-hour') } as const;
export const auroraStorage = { standard: aurora(0.1, 'GB-month'), ioOptimized: aurora(0.225, 'GB-month') } as const;
export const auroraRequests = aurora(0.2, '1M I/O');

export const imageStorage = ecr(0.1, 'GB-month');
export const volumeStorage = ebs(0.08, 'GB-month');
export const fileStorage = efs(0.3, 'GB-month');
