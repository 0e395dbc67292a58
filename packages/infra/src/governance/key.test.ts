import { describe, expect, it } from 'vitest';
import { PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, statementsOf, valueOf } from '../testing/index.ts';
import { KEY_USERS } from './key-users.ts';
import { Key } from './key.ts';

describe('Key', () => {
  it('rotates, and takes a month to be deleted', async () => {
    const resources = await registered(() => new Key('data', { placement: PLACEMENT, description: 'Data.' }));
    expect(only(resources, 'aws:kms/key:Key').inputs).toMatchObject({
      enableKeyRotation: true,
      deletionWindowInDays: 30,
    });
  });

  it('is open to no service unless one is named', async () => {
    const resources = await registered(() => new Key('data', { placement: PLACEMENT, description: 'Data.' }));
    expect(statementsOf(resources).map(({ Sid }) => Sid)).toEqual(['AccountAdministersThroughIam']);
  });

  it('is open to the services named, each only on behalf of this account', async () => {
    const users = KEY_USERS;
    const resources = await registered(() => new Key('data', { placement: PLACEMENT, description: 'Data.', users }));
    const services = statementsOf(resources).slice(1);
    expect(services).toHaveLength(users.length);
    for (const { Condition } of services) expect(JSON.stringify(Condition)).toContain(PLACEMENT.account);
  });

  it('grants use only through the services a role names', async () => {
    let statement: unknown;
    await registered(() => {
      statement = new Key('data', { placement: PLACEMENT, description: 'Data.' }).grantUseThrough(
        PLACEMENT,
        'dynamodb',
      );
    });
    expect(await valueOf(statement)).toMatchObject({
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Condition: { StringEquals: { 'kms:ViaService': ['dynamodb.us-east-1.amazonaws.com'] } },
    });
  });
});
