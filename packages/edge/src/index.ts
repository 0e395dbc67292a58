export * from './bundle/index.ts';
export * from './disk/disk-reserve.ts';
export * from './link/index.ts';
export * from './outbox/index.ts';
export * from './reports/index.ts';
export * from './site/index.ts';
