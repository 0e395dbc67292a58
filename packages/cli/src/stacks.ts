import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { WORKSPACE } from './workspace.ts';

/** Where the stack programs are. */
export const STACKS = join(WORKSPACE, 'stacks');

export function stackNames(): string[] {
  return readdirSync(STACKS).filter((name) => existsSync(join(STACKS, name, 'index.ts')));
}
