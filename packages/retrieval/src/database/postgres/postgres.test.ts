import { describe, expect, it } from 'vitest';
import { iamToken } from './iam-token.ts';
import { openPostgresDatabase } from './open.ts';

describe('a token that signs in to Aurora', () => {
  const MINUTE = 60_000;

  it('is used again while it is fresh, and signed anew well before its 15 minutes end', async () => {
    let now = 0;
    let signed = 0;
    const token = iamToken(
      () => Promise.resolve({ getAuthToken: () => Promise.resolve(`token ${++signed}`) }),
      () => now,
    );
    expect(await Promise.all([token(), token()])).toEqual(['token 1', 'token 1']);
    now = 9 * MINUTE;
    expect(await token()).toBe('token 1');
    now = 10 * MINUTE;
    expect(await token()).toBe('token 2');
  });

  it('is asked for again after it could not be signed', async () => {
    let tries = 0;
    const token = iamToken(() =>
      Promise.resolve({
        getAuthToken: () => (++tries === 1 ? Promise.reject(new Error('no credentials')) : Promise.resolve('signed')),
      }),
    );
    await expect(token()).rejects.toThrow('no credentials');
    expect(await token()).toBe('signed');
  });
});

describe('a PostgreSQL server', () => {
  it('that does not answer costs one clear error', async () => {
    // Port 1 of this machine: nothing listens there.
    const database = openPostgresDatabase({ target: { kind: 'url', url: 'postgres://nobody@127.0.0.1:1/none' } });
    await expect(database.transaction({ role: 'owner' }, () => Promise.resolve())).rejects.toMatchObject({
      code: 'storage_failed',
      retryable: true,
    });
    await database.close();
    await expect(database.transaction({ role: 'owner' }, () => Promise.resolve())).rejects.toMatchObject({
      message: 'The database is closed.',
    });
  });

  it('signed in to as one role refuses to work as the other, before it connects', async () => {
    const reference = { host: '127.0.0.1', port: 1, database: 'plinth', user: 'rag_reader' };
    const database = openPostgresDatabase({ target: { kind: 'iam', reference, region: 'eu-central-1' } });
    await expect(
      database.transaction({ role: 'rag_writer', tenant: 'acme' }, () => Promise.resolve()),
    ).rejects.toMatchObject({ code: 'configuration' });
    await database.close();
  });

  it('is named by a URL of its own kind', () => {
    expect(() => openPostgresDatabase({ target: { kind: 'url', url: 'mysql://x' } })).toThrow('postgres://');
  });
});
