import { basename } from 'node:path';
import {
  ApiKeyRecord,
  GuardPolicy,
  Limits,
  ModelCatalog,
  OfflinePolicy,
  PlatformError,
  TenantRecord,
  type BundleContents,
} from '@plinth/contracts';
import { digestOf, type LocalWeights } from '@plinth/edge';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import * as z from 'zod';
import { dataFolder, stateFolder } from '../workspace.ts';
import { readJsonFile } from './files.ts';

export interface ContentOptions {
  readonly catalog?: string;
  readonly weights: readonly string[];
  readonly weightsFrom?: string;
  readonly guard?: string;
  readonly offline?: string;
  readonly keys?: string;
  readonly tenants?: string;
  readonly keysOf: readonly string[];
  readonly otherLimits?: string;
}

/** What a bundle is to hold, out of the files and stores that options name. */
export async function contentsOf(
  options: ContentOptions,
): Promise<{ readonly contents: BundleContents; readonly weights: readonly LocalWeights[] }> {
  const optional = <T extends z.core.$ZodType>(option: string, path: string | undefined, schema: T) =>
    path === undefined ? undefined : readJsonFile(option, path, schema);
  const weights = await Promise.all(options.weights.map((each) => localWeights(each, options.weightsFrom)));
  const here = await storedHere(options.keysOf);
  const contents: BundleContents = {
    models: {
      catalog: await optional('--catalog', options.catalog, ModelCatalog),
      weights: weights.map(({ model }) => model),
    },
    policy: {
      guard: await optional('--guard', options.guard, GuardPolicy),
      offline: await optional('--offline', options.offline, OfflinePolicy),
    },
    keys: { keys: [...((await optional('--keys', options.keys, z.array(ApiKeyRecord))) ?? []), ...here.keys] },
    budgets: {
      tenants: [...((await optional('--tenants', options.tenants, z.array(TenantRecord))) ?? []), ...here.tenants],
      others: await optional('--other-limits', options.otherLimits, Limits),
    },
  };
  return { contents, weights };
}

/** `<model>=<file>`: one file of weights under its own name. */
async function localWeights(option: string, from: string | undefined): Promise<LocalWeights> {
  const [, name, file] = /^([^=]+)=(.+)$/.exec(option) ?? [];
  if (name === undefined || file === undefined)
    throw new PlatformError('configuration', `--weights ${option} is not <model>=<file>.`);
  const digest = await digestOf(file).catch((cause: NodeJS.ErrnoException) => {
    throw new PlatformError('configuration', `--weights ${file} cannot be read (${cause.code}).`, { cause });
  });
  const path = basename(file);
  const model = { name, ...(from === undefined ? {} : { from }), files: [{ path, ...digest }] };
  return { model, files: { [path]: file } };
}

/** Keys and limits of tenants, as "plinth keys" made them on this machine. Keys are kept as hashes, and go so. */
async function storedHere(tenants: readonly string[]): Promise<{ keys: ApiKeyRecord[]; tenants: TenantRecord[] }> {
  if (tenants.length === 0) return { keys: [], tenants: [] };
  const stores = await openEmbeddedStores({ folder: dataFolder(stateFolder(process.env)) });
  try {
    const keys = await Promise.all(tenants.map((tenant) => stores.keys.listKeys(tenant)));
    const records = await Promise.all(tenants.map((tenant) => stores.keys.getTenant(tenant)));
    return {
      keys: keys.flat().filter(({ revokedAt }) => revokedAt === undefined),
      tenants: records.filter((record) => record !== undefined),
    };
  } finally {
    await stores.close();
  }
}
