import { join } from 'node:path';
import type { BundleContents, BundlePartName, BundleStatement } from '@plinth/contracts';
import type { BundleSource } from '../bundle/bundle-source.ts';
import { readPart } from '../bundle/verify.ts';
import { DigestFolder, type DigestFolderOptions } from './digest-folder.ts';
import { weightsFolder } from './model-files.ts';

export interface StagingOptions extends Pick<DigestFolderOptions, 'reserveBytes' | 'free' | 'silenceMs'> {
  /** Parts are kept in `<folder>/parts`. */
  readonly folder: string;
  /** Weights are kept in `<modelsFolder>/files`. */
  readonly modelsFolder: string;
  readonly source: Pick<BundleSource, 'open'>;
}

const NAMES = ['models', 'policy', 'keys', 'budgets'] as const satisfies readonly BundlePartName[];

/** What bundles are of, on this machine: beside what is active and apart from it, so that fetching something disturbs nothing. */
export class Staging {
  readonly #parts: DigestFolder;
  readonly #weights: DigestFolder;
  readonly #source: StagingOptions['source'];

  constructor({ folder, modelsFolder, source, ...options }: StagingOptions) {
    this.#parts = new DigestFolder({ ...options, folder: join(folder, 'parts') });
    this.#weights = new DigestFolder({ ...options, folder: weightsFolder(modelsFolder) });
    this.#source = source;
  }

  /** Fetches what is not there yet, and checks all of it. The parts come first: they say what weights there are. */
  async fetch({ parts }: BundleStatement, signal: AbortSignal): Promise<BundleContents> {
    const named = NAMES.map((name) => ({ name, ...parts[name] }));
    const missing = await this.#parts.missing(named);
    await this.#parts.requireRoom(missing);
    for (const { name, sha256, bytes } of missing)
      await this.#parts.fetch(
        `The bundle's ${name}`,
        { sha256, bytes },
        (from, stop) => this.#source.open({ kind: 'part', sha256 }, { from, signal: stop }),
        signal,
      );
    const contents = await this.load(parts);

    const files = contents.models.weights.flatMap((model) => model.files.map((file) => ({ model, ...file })));
    const needed = await this.#weights.missing(files);
    await this.#weights.requireRoom(needed);
    for (const { model, path, sha256, bytes } of needed)
      await this.#weights.fetch(
        `${path} of ${model.name}`,
        { sha256, bytes },
        (from, stop) => this.#source.open({ kind: 'weights', model, path }, { from, signal: stop }),
        signal,
      );
    return contents;
  }

  /** Reads the parts of a bundle that was fetched. @throws {BundleRefused} when the disk has changed them. */
  async load(parts: BundleStatement['parts']): Promise<BundleContents> {
    const read = async <K extends BundlePartName>(name: K) =>
      readPart(name, await this.#parts.read(parts[name]), parts[name]);
    return {
      models: await read('models'),
      policy: await read('policy'),
      keys: await read('keys'),
      budgets: await read('budgets'),
    };
  }

  /** Removes what belongs to none of these bundles. */
  async keepOnly(
    bundles: readonly { statement: Pick<BundleStatement, 'parts'>; contents: BundleContents }[],
  ): Promise<void> {
    await this.#parts.keepOnly(bundles.flatMap(({ statement: { parts } }) => NAMES.map((name) => parts[name])));
    await this.#weights.keepOnly(
      bundles.flatMap(({ contents }) => contents.models.weights.flatMap(({ files }) => files)),
    );
  }
}
