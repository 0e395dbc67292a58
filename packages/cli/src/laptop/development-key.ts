import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiKeyId, apiKeyMatches, issueApiKey } from '@plinth/gateway';
import type { KeyStore } from '@plinth/stores';

/** The laptop's own key, made once and kept in the state folder, so that a second start gives the same one. */
export async function developmentKey(state: string, keys: KeyStore): Promise<string> {
  const file = join(state, 'development-key');
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (await isValid(kept, keys)) return kept;
  const issued = issueApiKey();
  await keys.createKey({
    keyId: issued.keyId,
    secretHash: issued.secretHash,
    tenant: 'laptop',
    principal: 'developer',
    // Not all of the sample handbook's groups: what belongs to the others is not found.
    groups: ['developers', 'everyone', 'engineering'],
    limits: {},
    conversations: true,
    createdAt: Date.now(),
  });
  await writeFile(file, `${issued.key}\n`, { mode: 0o600 });
  return issued.key;
}

async function isValid(key: string, keys: KeyStore): Promise<boolean> {
  const id = apiKeyId(key);
  const record = id === undefined ? undefined : await keys.getKey(id);
  return record !== undefined && record.revokedAt === undefined && apiKeyMatches(key, record.secretHash);
}
