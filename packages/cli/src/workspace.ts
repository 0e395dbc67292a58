import { join, resolve } from 'node:path';

/** Top of the checkout. */
export const WORKSPACE = resolve(import.meta.dirname, '../../..');

/** Where the laptop keeps its state; `PLINTH_STATE_DIR` moves it. */
export function stateFolder(variables: Record<string, string | undefined>): string {
  return resolve(variables['PLINTH_STATE_DIR'] ?? join(WORKSPACE, '.plinth'));
}

/** The embedded stores of a state folder. */
export function dataFolder(state: string): string {
  return join(state, 'data');
}
