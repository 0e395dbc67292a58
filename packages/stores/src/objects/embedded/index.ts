export * from './open.ts';
export { syncFolder } from './durable-folder.ts';
