import { ApiKeyRecord, jsonVariable, Limits, PlatformError, TenantRecord } from '@plinth/contracts';
import { issueApiKey } from '@plinth/gateway';
import type { KeyStore } from '@plinth/stores';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import { Command } from 'commander';
import * as z from 'zod';
import { dataFolder, stateFolder } from '../workspace.ts';

interface CreateOptions {
  tenant: string;
  principal: string;
  group: string[];
  limits: string;
  conversations?: boolean;
  dataStays?: boolean;
  json?: boolean;
}

export function keysCommand(): Command {
  const keys = new Command('keys').description('API keys of the platform on this machine');
  keys
    .command('create')
    .description('make a key; it is shown once')
    .requiredOption('--tenant <tenant>', 'who pays')
    .requiredOption('--principal <name>', 'who uses it')
    .option('--group <name...>', 'groups of the principal', [])
    .option('--limits <json>', 'limits of this key, for example {"requestsPerMinute":60,"tokensPerDay":100000}', '{}')
    .option('--conversations', 'keep its conversations on the server')
    .option('--data-stays', 'answer what it sends only where data stays on site')
    .option('--json', 'print as JSON')
    .action((options: CreateOptions) => withKeys((store) => create(store, options)));
  keys
    .command('list')
    .description('keys of a tenant, without their secrets')
    .requiredOption('--tenant <tenant>', 'whose')
    .option('--json', 'print as JSON')
    .action((options: { tenant: string; json?: boolean }) =>
      withKeys((store) => list(store, options.tenant, options.json === true)),
    );
  keys
    .command('revoke')
    .description('end a key; running platforms notice within ten seconds')
    .argument('<keyId>')
    .action((keyId: string) =>
      withKeys(async (store) => {
        if (!(await store.revokeKey(keyId, Date.now())))
          throw new PlatformError('not_found', `There is no key "${keyId}".`);
        process.stdout.write(`Revoked ${keyId}.\n`);
      }),
    );
  keys
    .command('limits')
    .description('set what a whole tenant may use')
    .requiredOption('--tenant <tenant>', 'whose')
    .requiredOption('--set <json>', 'limits as JSON')
    .option('--data-stays', 'answer what it sends only where data stays on site')
    .option('--no-data-stays', 'let its data go anywhere again')
    .action((options: { tenant: string; set: string; dataStays?: boolean }) =>
      withKeys(async (store) => {
        const limits = parseLimits(options.set);
        const before = await store.getTenant(options.tenant);
        // A tenant whose data stays is not let go by a change of its limits.
        const { dataStays = before?.dataStays } = options;
        const record = { tenant: options.tenant, limits, createdAt: Date.now(), ...(dataStays && { dataStays }) };
        await store.putTenant(checked(TenantRecord, record));
        process.stdout.write(`Set the limits of ${options.tenant}.\n`);
      }),
    );
  return keys;
}

async function withKeys(work: (keys: KeyStore) => Promise<void>): Promise<void> {
  const stores = await openEmbeddedStores({ folder: dataFolder(stateFolder(process.env)) });
  try {
    await work(stores.keys);
  } finally {
    await stores.close();
  }
}

async function create(store: KeyStore, options: CreateOptions): Promise<void> {
  const { key, keyId, secretHash } = issueApiKey();
  const record = checked(ApiKeyRecord, {
    keyId,
    secretHash,
    tenant: options.tenant,
    principal: options.principal,
    groups: options.group,
    limits: parseLimits(options.limits),
    conversations: options.conversations === true,
    ...(options.dataStays === true && { dataStays: true }),
    createdAt: Date.now(),
  });
  await store.createKey(record);
  process.stdout.write(
    options.json === true ? `${JSON.stringify({ keyId, key })}\n` : `${key}\nKeep it now: it is not shown again.\n`,
  );
}

async function list(store: KeyStore, tenant: string, json: boolean): Promise<void> {
  const keys = await store.listKeys(tenant);
  if (json) {
    process.stdout.write(`${JSON.stringify(keys.map(({ secretHash: _hash, ...shown }) => shown))}\n`);
    return;
  }
  for (const key of keys)
    process.stdout.write(
      `${key.keyId}  ${key.revokedAt === undefined ? 'active ' : 'revoked'}  ${key.principal}  ${JSON.stringify(key.limits)}\n`,
    );
  if (keys.length === 0) process.stdout.write(`No keys of ${tenant}.\n`);
}

function parseLimits(text: string): Limits {
  const result = jsonVariable(Limits).safeParse(text);
  if (result.success) return result.data;
  throw new PlatformError('configuration', `The limits are not usable: ${wordsOf(result.error)}.`);
}

function checked<T extends z.core.$ZodType>(schema: T, record: z.input<T>): z.output<T> {
  const result = z.safeParse(schema, record);
  if (result.success) return result.data;
  throw new PlatformError('configuration', `The record is not usable: ${wordsOf(result.error)}.`);
}

function wordsOf(error: z.core.$ZodError): string {
  return error.issues.map((issue) => [...issue.path, issue.message].join(': ')).join('; ');
}
