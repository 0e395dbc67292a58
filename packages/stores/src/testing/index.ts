export * from './audit-log-contract.ts';
export * from './conversation-store-contract.ts';
export * from './key-store-contract.ts';
export * from './ledger-contract.ts';
export * from './ledger-harness.ts';
export * from './local-dynamo.ts';
export * from './manual-clock.ts';
