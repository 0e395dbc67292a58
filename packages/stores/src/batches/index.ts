export * from './batch-store.ts';
export { BATCH_BOUNDS } from './bounds.ts';
