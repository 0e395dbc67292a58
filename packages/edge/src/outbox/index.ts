export * from './async-view.ts';
export * from './deliver.ts';
export * from './delivery.ts';
export * from './link-state.ts';
export * from './site-chat.ts';
export * from './site-outbox.ts';
export * from './upkeep.ts';
