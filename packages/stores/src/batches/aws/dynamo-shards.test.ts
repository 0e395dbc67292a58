import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openS3Objects } from '../../objects/aws/index.ts';
import type { LocalDynamo, LocalS3 } from '../../testing/index.ts';
import {
  aBatch,
  aResult,
  aShard,
  fresh,
  resultsOf,
  startLocalDynamo,
  startLocalS3,
  takeNow,
} from '../../testing/index.ts';
import type { BatchStore } from '../batch-store.ts';
import { openDynamoBatches } from './index.ts';

type Send = (command: { constructor: { name: string }; input: object }, options?: object) => Promise<unknown>;

describe('batches on DynamoDB and S3', () => {
  let dynamo: LocalDynamo;
  let s3: LocalS3;
  let store: BatchStore;
  let id: string;
  beforeAll(async () => {
    [dynamo, s3] = [await startLocalDynamo(), await startLocalS3()];
    store = openWith(dynamo.client);
  });
  beforeEach(async () => {
    id = fresh('batch');
    await store.addShards([aShard(id)]);
  });
  afterAll(async () => {
    await dynamo.close();
    await s3.close();
  });

  const openWith = (client: DynamoDBClient) =>
    openDynamoBatches({ client, table: dynamo.recordsTable, objects: openS3Objects(s3) });
  const send = ((command, options) => dynamo.client.send(command as never, options as never)) as Send;
  /** A client whose calls go through `via`. */
  const through = (via: Send) =>
    new Proxy(dynamo.client, {
      get: (target, name) => (name === 'send' ? via : (Reflect.get(target, name) as unknown)),
    });
  const hungUp = () => Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
  const ordinals = async () => (await resultsOf(store, id)).map(({ ordinal }) => ordinal);

  it('keeps the item of a shard small, however many commits there are', async () => {
    await store.addShards([aShard(id, 1, 5_000)]);
    const lease = await takeNow(store, id, 1);
    for (let ordinal = 0; ordinal < 300; ordinal++) await store.commit(lease, [aResult(ordinal)]);
    const Key = { pk: { S: `batch#${id}` }, sk: { S: 'shard#00001' } };
    const { Item } = await dynamo.client.send(new GetItemCommand({ TableName: dynamo.recordsTable, Key }));
    expect(JSON.stringify(Item).length).toBeLessThan(2_000);
    expect(await resultsOf(store, id, 1)).toHaveLength(300);
  });

  it('counts each update once, the beginning of a run included, when answers are lost', async () => {
    const lost = new Set<string>();
    const losing = openWith(
      through(async (command, options) => {
        const answer = await send(command, options);
        const kind = JSON.stringify(command.input).includes('"ordinals"') ? 'commit' : command.constructor.name;
        if (!kind.startsWith('Get') && !lost.has(kind)) {
          lost.add(kind);
          throw hungUp();
        }
        return answer;
      }),
    );
    const lease = await takeNow(store, id);
    await losing.commit(lease, [aResult(1), aResult(2, { failed: true })]);
    expect([...lost]).toEqual(['UpdateItemCommand', 'commit']);
    await losing.commit(lease, [aResult(3)]);
    expect(await ordinals()).toEqual([1, 2, 3]);
    expect(await store.progress(id)).toMatchObject({ completed: 2, failed: 1, used: { nanoUsd: 9 } });
    await losing.finish(lease);
  });

  it('lets a commit that was given up and comes through late write nothing, or all of it', async () => {
    const held: (() => Promise<unknown>)[] = [];
    const holding = openWith(
      through(async (command, options) => {
        if (held.length >= 5 || !JSON.stringify(command.input).includes('"ordinals"')) return send(command, options);
        held.push(() => send(command));
        throw hungUp();
      }),
    );
    const lease = await takeNow(store, id);
    await expect(holding.commit(lease, [aResult(1)])).rejects.toMatchObject({ code: 'storage_failed' });
    expect(held).toHaveLength(5);
    await holding.commit(lease, [aResult(1, { line: 'second' }), aResult(2)]);
    for (const late of held) await expect(late()).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(await resultsOf(store, id)).toEqual([aResult(1, { line: 'second' }), aResult(2)]);
    await holding.commit(lease, [aResult(3)]);
    expect(await store.progress(id)).toMatchObject({ completed: 3 });
    expect(await ordinals()).toEqual([1, 2, 3]);
  });

  it('says that results are gone rather than leave them out', async () => {
    const lease = await takeNow(store, id);
    await store.commit(lease, [aResult(1)]);
    const objects = openS3Objects(s3);
    for await (const parts of objects.list(`parts/${id}/00000/`))
      for (const { key } of parts) {
        expect(key).toMatch(/\/00000\/1-[0-9a-f]{12}-0\.jsonl$/);
        await objects.delete(key);
      }
    await expect(resultsOf(store, id)).rejects.toMatchObject({ code: 'storage_failed' });
  });

  it('leaves no object behind when shards are dropped, not even parts that never counted', async () => {
    const objects = openS3Objects(s3);
    await objects.put(`parts/${id}/00000/1-abc-7.jsonl`, Buffer.from('x'), { maxBytes: 10 });
    await store.commit(await takeNow(store, id), [aResult(1)]);
    expect(await ordinals()).toEqual([1]);
    await store.dropShards(id);
    for await (const parts of objects.list(`parts/${id}/`)) expect(parts).toEqual([]);
  });

  it('passes over what crashes leave in its lists', async () => {
    const tenant = fresh('t');
    const batch = aBatch({ tenant, expiresAt: 1 });
    await store.createBatch(batch);
    const point = (pk: string, sk: string, to: string) =>
      dynamo.client.send(
        new PutItemCommand({
          TableName: dynamo.recordsTable,
          Item: { pk: { S: pk }, sk: { S: sk }, to: { S: `batch#${to}` } },
        }),
      );
    const at = (time: number, of: string) => `${String(time).padStart(15, '0')}#${of}`;
    for (const pk of ['open-batches', `batches#${tenant}`]) {
      await point(pk, at(0, 'never-made'), 'never-made');
      await point(pk, at(0, batch.id), batch.id);
    }
    const open = async () => (await store.openBatches(1_000)).filter(({ id }) => [batch.id, 'never-made'].includes(id));
    expect(await open()).toEqual([batch]);
    expect(await store.listBatches(tenant, { limit: 5 })).toEqual({ items: [batch], more: false });
    await store.changeBatch(batch, { status: 'completed' });
    await point('open-batches', at(1, batch.id), batch.id);
    expect(await open()).toEqual([]);
    const left = await dynamo.client.send(
      new QueryCommand({
        TableName: dynamo.recordsTable,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'open-batches' } },
      }),
    );
    // What leads to an end is taken away; what leads nowhere may be about to.
    expect(left.Items!.map(({ to }) => to!.S)).toEqual(['batch#never-made']);
  });
});
