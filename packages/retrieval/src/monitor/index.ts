export * from './drift.ts';
export * from './monitor.ts';
export * from './record.ts';
