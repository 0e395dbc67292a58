export { openEmbeddedDatabase } from './open.ts';
export type { EmbeddedDatabaseOptions } from './open.ts';
