export { createS3Client } from './load-sdk.ts';
export * from './open.ts';
