export type { LinkTarget } from './link-connection.ts';
export * from './link-mode.ts';
export * from './tcp-link.ts';
