import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LocalDynamo } from '../testing/index.ts';
import {
  admitted,
  amount,
  fresh,
  keyScope,
  ManualClock,
  MIDDAY,
  startLocalDynamo,
  tenantScope,
} from '../testing/index.ts';
import { DynamoCaller } from './dynamo-caller.ts';
import { DynamoLedger } from './dynamo-ledger.ts';
import { tenantPk } from './key-aliases.ts';
import { countersOf } from './ledger-item.ts';

describe('the ledger item on DynamoDB', () => {
  let dynamo: LocalDynamo;
  const clock = new ManualClock(MIDDAY);
  beforeAll(async () => {
    dynamo = await startLocalDynamo();
  });
  afterAll(async () => dynamo.close());

  const ledgerOf = (client = dynamo.client) =>
    new DynamoLedger(new DynamoCaller(client, async () => undefined), dynamo.ledgerTable, clock);
  const request = (tenant: string, key?: string) => ({
    id: fresh('r'),
    tenant,
    scopes: [tenantScope(tenant, {}), ...(key === undefined ? [] : [keyScope(key, {})])],
    worstCase: amount(100, 200, 300),
    ttlMs: 60_000,
  });
  const itemOf = async (tenant: string) => {
    const Key = { pk: { S: tenantPk(tenant) }, sk: { S: 'ledger' } };
    return (await dynamo.client.send(new GetItemCommand({ TableName: dynamo.ledgerTable, Key }))).Item ?? {};
  };
  /** A client whose answers to updates are lost: `times` of them are carried out and then fail as a broken connection does. */
  const losing = (times: number) => {
    const send = dynamo.client.send.bind(dynamo.client) as (command: object, options: object) => Promise<unknown>;
    return new Proxy(dynamo.client, {
      get: (target, name) =>
        name !== 'send'
          ? (Reflect.get(target, name) as unknown)
          : async (command: object, options: object) => {
              const answer = await send(command, options);
              if (command.constructor.name !== 'UpdateItemCommand' || times-- <= 0) return answer;
              throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
            },
    });
  };

  it('stays small: what is stale goes with later updates, minutes and keys included', async () => {
    const tenant = fresh('t');
    const ledger = ledgerOf();
    for (let minute = 0; minute < 12; minute++) {
      const reservation = admitted(await ledger.reserve(request(tenant, `pk_${minute % 3}`)));
      await ledger.settle(reservation, amount(1));
      clock.advance(60_000 * (minute === 5 ? 2_000 : 1));
    }
    const minutes = countersOf(await itemOf(tenant)).filter(({ period }) => period === 'minute');
    expect(new Set(minutes.map(({ number }) => number)).size).toBeLessThanOrEqual(3);
    clock.advance(70 * 86_400_000);
    for (let times = 0; times < 2; times++) {
      await ledger.settle(admitted(await ledger.reserve(request(tenant, 'pk_new'))), amount(1));
      clock.advance(60_000);
    }
    const item = await itemOf(tenant);
    expect(Object.values(item).filter(({ S }) => S?.startsWith('pk_'))).toEqual([{ S: 'pk_new' }]);
    // A key that was forgotten is counted anew.
    await ledger.settle(admitted(await ledger.reserve(request(tenant, 'pk_0'))), amount(1));
    const again = (await ledger.usage(tenant)).find(({ id }) => id === 'pk_0');
    expect(again).toMatchObject({ month: { requests: 1, tokens: 1 } });
    // 1 KB is what one write unit pays for.
    expect(JSON.stringify(item).length).toBeLessThan(2_000);
  });

  it('counts a reservation once when the answer to its update is lost', async () => {
    const tenant = fresh('t');
    const ledger = ledgerOf(losing(1));
    const reservation = admitted(await ledger.reserve(request(tenant)));
    expect((await ledger.usage(tenant))[0]).toMatchObject({
      minute: { requests: 1, tokens: 300 },
      concurrentRequests: 1,
    });
    expect(await ledgerOf(losing(1)).settle(reservation, amount(5))).toMatchObject({ charged: amount(5) });
    expect((await ledger.usage(tenant))[0]).toMatchObject({ minute: { tokens: 5 }, concurrentRequests: 0 });
  });

  it('counts standing work once when answers are lost', async () => {
    const tenant = fresh('t');
    const standing = { ...request(tenant, 'pk_1'), standing: true as const };
    const batch = admitted(await ledgerOf(losing(1)).reserve(standing));
    expect(await ledgerOf(losing(1)).lower(batch, amount(50, 100, 300))).toMatchObject({
      worstCase: amount(50, 100, 300),
    });
    for (const usage of await ledgerOf().usage(tenant)) expect(usage.month).toMatchObject({ requests: 1, tokens: 150 });
    expect(await ledgerOf(losing(1)).settle(batch, amount(5))).toMatchObject({ charged: amount(5) });
    expect(await ledgerOf().settle(batch, amount(5))).toBeUndefined();
    for (const usage of await ledgerOf().usage(tenant)) expect(usage.month).toMatchObject({ requests: 1, tokens: 5 });
  });

  it('holds no more standing work than an item has room for, and requests beside it', async () => {
    const tenant = fresh('t');
    const ledger = ledgerOf();
    const standing = () => ledger.reserve({ ...request(tenant), standing: true });
    const held = [];
    for (let wave = 0; wave < 10; wave++)
      held.push(...(await Promise.all(Array.from({ length: 20 }, standing))).map(admitted));
    await expect(standing()).rejects.toMatchObject({ code: 'overloaded', message: expect.stringContaining('batches') });
    await ledger.settle(admitted(await ledger.reserve(request(tenant))), amount(1));
    await ledger.settle(held[0]!, amount(1));
    admitted(await standing());
    clock.advance(60_000);
    expect(await ledger.sweep({ tenant })).toHaveLength(200);
    admitted(await standing());
    const { s, c } = await itemOf(tenant);
    expect([s, c]).toEqual([{ N: '1' }, { N: '0' }]);
  });

  it('lets another process settle, and two that never met count one key together', async () => {
    const tenant = fresh('t');
    const [one, two] = [ledgerOf(), ledgerOf()];
    const both = await Promise.all([one.reserve(request(tenant, 'pk_1')), two.reserve(request(tenant, 'pk_1'))]);
    await Promise.all([two.settle(admitted(both[0]), amount(1)), one.settle(admitted(both[1]), amount(2))]);
    const [, key, ...more] = await one.usage(tenant);
    expect(key).toMatchObject({ id: 'pk_1', month: { requests: 2, tokens: 3 }, concurrentRequests: 0 });
    expect(more).toEqual([]);
  });

  it('tries again when it is throttled, and says so when that does not help', async () => {
    const sleep = vi.fn(async () => undefined);
    const caller = new DynamoCaller(dynamo.client, sleep);
    const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    let left = 3;
    expect(await caller.run(async () => (left-- > 0 ? Promise.reject(throttled) : 'done'))).toBe('done');
    expect(sleep).toHaveBeenCalledTimes(3);
    const always = caller.run(async () => Promise.reject(throttled));
    await expect(always).rejects.toMatchObject({ code: 'overloaded', cause: throttled });
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    await expect(caller.run(async () => Promise.reject(denied))).rejects.toMatchObject({ code: 'storage_failed' });
  });

  it('holds no more reservations than an item has room for', async () => {
    const tenant = fresh('t');
    const ledger = ledgerOf();
    const decisions: PromiseSettledResult<unknown>[] = [];
    for (const callers of [...new Array<number>(20).fill(50), 3]) {
      const wave = Array.from({ length: callers }, () => ledger.reserve({ ...request(tenant), ttlMs: 3_600_000 }));
      decisions.push(...(await Promise.allSettled(wave)));
    }
    const refused = decisions.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(3);
    expect(refused[0]).toMatchObject({ reason: { code: 'overloaded' } });
    clock.advance(3_600_000);
    expect(await ledger.sweep({ tenant })).toHaveLength(1_000);
  });
});
