import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BundledModel } from '@plinth/contracts';
import { writeDurably } from './durable-file.ts';

/** A file of a model's weights on this machine. */
export interface ModelFile {
  /** As the bundle names it. */
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

const POINTER = '.json';

/** Where weights lie in the folder that the gateway fills and the model's container reads. */
export function weightsFolder(modelsFolder: string): string {
  return join(modelsFolder, 'files');
}

/** Tells the models' servers what is theirs, a file for each: `<name>.json`. Models that are not named are none any more. */
export async function writeModelFiles(modelsFolder: string, models: readonly BundledModel[]): Promise<void> {
  await mkdir(modelsFolder, { recursive: true });
  for (const model of models) {
    const path = join(modelsFolder, model.name + POINTER);
    const content = JSON.stringify(model);
    // A server takes a new file for new weights.
    if ((await readFile(path, 'utf8').catch(() => undefined)) !== content) await writeDurably(path, content);
  }
  const named = new Set(models.map(({ name }) => name + POINTER));
  const others = (await readdir(modelsFolder)).filter((name) => name.endsWith(POINTER) && !named.has(name));
  await Promise.all(others.map((name) => rm(join(modelsFolder, name), { force: true })));
}

/** The files of a model as it is now; undefined while a site has none of it. */
export async function readModelFiles(modelsFolder: string, name: string): Promise<readonly ModelFile[] | undefined> {
  const text = await readFile(join(modelsFolder, name + POINTER), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  return BundledModel.parse(JSON.parse(text)).files.map(({ path, sha256, bytes }) => ({
    name: path,
    path: join(weightsFolder(modelsFolder), sha256),
    sha256,
    bytes,
  }));
}
