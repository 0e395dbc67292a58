export type { Rejected } from './bundle-state.ts';
export type { ActiveBundle, BundleEvent, BundleStatus } from './bundle-status.ts';
export * from './site-bundles.ts';
