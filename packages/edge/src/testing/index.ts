export * from './site-harness.ts';
export * from './switched-link.ts';
