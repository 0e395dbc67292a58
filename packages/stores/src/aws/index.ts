export * from './open.ts';
export { createDynamoClient } from './load-sdk.ts';
