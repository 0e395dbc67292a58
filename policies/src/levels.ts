import type { Environment } from './environment.ts';

/** What a violation does: `mandatory` stops the deployment, `advisory` is told and goes on. */
export type Level = 'mandatory' | 'advisory';
export type Levels = Readonly<Record<Environment, Level>>;

/** For what must not happen even on a developer's account: open networks, secrets in the clear, ungoverned model calls. */
export const ALWAYS: Levels = { dev: 'mandatory', staging: 'mandatory', production: 'mandatory' };

/** For what protects shared or lasting things; a throw-away stack may do without. */
export const ADVISE_IN_DEV: Levels = { dev: 'advisory', staging: 'mandatory', production: 'mandatory' };
