export * from './compose-site.ts';
export * from './outbox-routes.ts';
export * from './sync/handler.ts';
export * from './sync/metrics.ts';
