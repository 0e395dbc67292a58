import type { SiteReport } from '@plinth/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoCaller } from '../../aws/dynamo-caller.ts';
import { DynamoTable } from '../../aws/dynamo-table.ts';
import { openDynamoStores } from '../../aws/index.ts';
import { buildSegment } from '../../audit/segment.ts';
import { CHAIN_START } from '../../audit/chain-hash.ts';
import { monthOfTime } from '../../ledger/periods.ts';
import { siteIntakeContract, startLocalDynamo, type LocalDynamo } from '../../testing/index.ts';
import { DynamoSiteIntake } from './dynamo-site-intake.ts';
import { openDynamoSiteIntake } from './index.ts';

siteIntakeContract('DynamoDB', async () => {
  const dynamo = await startLocalDynamo();
  return {
    intake: openDynamoSiteIntake(dynamo),
    another: () => openDynamoSiteIntake(dynamo),
    audit: openDynamoStores(dynamo).audit,
    close: () => dynamo.close(),
  };
});

describe('a taker that dies', () => {
  let dynamo: LocalDynamo;
  beforeAll(async () => {
    dynamo = await startLocalDynamo();
  });
  afterAll(() => dynamo.close());

  /** Does so many writes and no more. */
  function dying(writes: number): DynamoSiteIntake {
    let left = writes;
    const caller = new DynamoCaller(dynamo.client);
    const die = () => {
      if (left-- <= 0) throw new Error('killed');
    };
    class DyingTable extends DynamoTable {
      override async put(...args: Parameters<DynamoTable['put']>) {
        die();
        return super.put(...args);
      }
      override async update(...args: Parameters<DynamoTable['update']>) {
        die();
        return super.update(...args);
      }
    }
    const { auditTable, ledgerTable, recordsTable } = dynamo;
    return new DynamoSiteIntake({
      audit: new DyingTable(caller, auditTable),
      ledger: new DyingTable(caller, ledgerTable),
      records: new DyingTable(caller, recordsTable),
    });
  }

  it.each([0, 1, 2, 3, 4])(
    'after %i of its five writes leaves a report that is taken once all the same',
    async (writes) => {
      const journal = `0000000${writes}-0000-4000-8000-000000000000`;
      const { first, lines } = buildSegment(journal, { sequence: 0, hash: CHAIN_START }, ['{"at":1}']);
      const row = { key: 'k', day: 20_000, requests: 1, tokens: 5, nanoUsd: 1 };
      const tenants = [`a${writes}`, `b${writes}`];
      const report: SiteReport = {
        version: 1,
        journal,
        number: 1,
        audit: { first, lines },
        usage: tenants.map((tenant) => ({ ...row, tenant })),
        state: { at: writes + 1, mode: 'serving', outbox: { items: 0, oldestSeconds: 0 } },
      };
      await expect(dying(writes).take('plant', report)).rejects.toThrow('killed');
      const intake = openDynamoSiteIntake(dynamo);
      expect((await intake.take('plant', report)).kind).toBe(writes < 4 ? 'taken' : 'known');
      for (const tenant of tenants)
        expect((await intake.usage('plant', tenant, monthOfTime(20_000 * 86_400_000))).month.tokens).toBe(5);
      expect(await openDynamoStores(dynamo).audit.verify()).toMatchObject({ ok: true });
    },
  );
});
