import { readFile } from 'node:fs/promises';
import { PlatformError } from '@plinth/contracts';
import * as z from 'zod';

/** A text file that an option names. */
export async function readText(option: string, path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new PlatformError('configuration', `${option} ${path} cannot be read (${cause.code}).`, { cause });
  });
}

/** A JSON file that an option names, checked. What is wrong is told without what the file holds. */
export async function readJsonFile<T extends z.core.$ZodType>(
  option: string,
  path: string,
  schema: T,
): Promise<z.output<T>> {
  const text = await readText(option, path);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new PlatformError('configuration', `${option} ${path} is not JSON.`);
  }
  const read = z.safeParse(schema, json);
  if (read.success) return read.data;
  const issues = read.error.issues.map(({ path: where, message }) => `${where.join('.')} ${message}`.trim());
  throw new PlatformError('configuration', `${option} ${path} is not usable: ${issues.join('; ')}.`);
}
