import { describe, expect, it } from 'vitest';
import { KEY_ARN } from '../testing/fixtures.ts';
import { only, registered, valueOf } from '../testing/index.ts';
import { AuditTable } from './audit-table.ts';
import { LedgerTable } from './ledger-table.ts';
import { RecordsTable } from './records-table.ts';

const TABLE = 'aws:dynamodb/table:Table';
const args = { keyArn: KEY_ARN };

describe.each([
  ['LedgerTable', LedgerTable],
  ['RecordsTable', RecordsTable],
  ['AuditTable', AuditTable],
])('%s', (_, Table) => {
  it('is on demand, encrypted under our key, restorable and safe from deletion', async () => {
    const resources = await registered(() => new Table('table', args));
    expect(only(resources, TABLE).inputs).toMatchObject({
      billingMode: 'PAY_PER_REQUEST',
      hashKey: 'pk',
      rangeKey: 'sk',
      serverSideEncryption: { enabled: true, kmsKeyArn: KEY_ARN },
      pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 35 },
      deletionProtectionEnabled: true,
    });
  });

  it('can be thrown away where that is asked for', async () => {
    const resources = await registered(() => new Table('table', { ...args, deletionProtection: false }));
    expect(only(resources, TABLE).inputs['deletionProtectionEnabled']).toBe(false);
  });
});

describe('what expires', () => {
  it('is records alone: a ledger settles, and a trail is kept', async () => {
    const ttlOf = async (make: () => unknown) => only(await registered(make), TABLE).inputs['ttl'];
    expect(await ttlOf(() => new RecordsTable('t', args))).toEqual({ enabled: true, attributeName: 'expiresAt' });
    expect(await ttlOf(() => new LedgerTable('t', args))).toBeUndefined();
    expect(await ttlOf(() => new AuditTable('t', args))).toBeUndefined();
  });
});

describe('what a role is granted', () => {
  it('is one table at a time, without wildcards', async () => {
    await registered(async () => {
      const grants = [
        new LedgerTable('a', args).grantReadWrite(),
        new RecordsTable('b', args).grantReadWrite(),
        new AuditTable('c', args).grantAppend(),
      ];
      for (const grant of grants) {
        const { Action, Resource } = await valueOf(grant);
        expect(Resource).toHaveLength(1);
        expect([...Action, JSON.stringify(Resource)].filter((text) => text.includes('*'))).toEqual([]);
      }
    });
  });

  it('lets the sweep look over the ledger, and nobody over all records', async () => {
    await registered(async () => {
      expect((await valueOf(new LedgerTable('a', args).grantReadWrite())).Action).not.toContain('dynamodb:DeleteItem');
      expect((await valueOf(new RecordsTable('b', args).grantReadWrite())).Action).not.toContain('dynamodb:Scan');
    });
  });

  it('on the trail is to append and read, never to delete', async () => {
    await registered(async () => {
      const { Action } = await valueOf(new AuditTable('trail', args).grantAppend());
      expect(Action).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query']);
    });
  });
});
