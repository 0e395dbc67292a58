export * from './ports/audit-log.ts';
export * from './ports/clock.ts';
export * from './ports/conversation-store.ts';
export * from './ports/key-store.ts';
export * from './ports/ledger.ts';
