import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../policies/program.ts';

const FOLDER = join(import.meta.dirname, '../policies/programs');

/** The bad programs our packs are held to, in a fixed order. */
export async function badPrograms(): Promise<Program[]> {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts'));
  const modules = await Promise.all(
    files.sort().map((name) => import(join(FOLDER, name)) as Promise<{ programs: readonly Program[] }>),
  );
  return modules.flatMap(({ programs }) => programs);
}
