export { openPostgresDatabase } from './open.ts';
export type { PostgresOptions, PostgresTarget } from './open.ts';
