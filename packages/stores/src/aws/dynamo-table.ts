import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { PlatformError } from '@plinth/contracts';
import { text } from './attributes.ts';
import type { DynamoCaller, Item } from './dynamo-caller.ts';
import type { UpdateExpression } from './expression.ts';

/** Keys one BatchGetItem or BatchWriteItem takes. */
const GET_AT_ONCE = 100;
const WRITE_AT_ONCE = 25;
const TRIES = 6;

export interface ItemQuery {
  readonly pk: string;
  /** Only sort keys that begin so. */
  readonly prefix?: string;
  /** Goes on after this sort key, which need not be there. */
  readonly after?: string | undefined;
  /** @default true */
  readonly ascending?: boolean;
  /** Attributes wanted; all without it. */
  readonly attributes?: readonly string[];
  /** Items a page reads. */
  readonly pageSize?: number;
}

/** One table with the string keys `pk` and `sk`. All reads are consistent. */
export class DynamoTable {
  readonly #caller: DynamoCaller;
  readonly #name: string;

  constructor(caller: DynamoCaller, name: string) {
    this.#caller = caller;
    this.#name = name;
  }

  async get(key: Item): Promise<Item | undefined> {
    const input = { TableName: this.#name, Key: key, ConsistentRead: true };
    const answer = await this.#caller.run((client, o, sdk) => client.send(new sdk.GetItemCommand(input), o));
    return answer.Item;
  }

  /** Those that are there, in no order. */
  async getMany(keys: readonly Item[]): Promise<Item[]> {
    const items: Item[] = [];
    for (let start = 0; start < keys.length; start += GET_AT_ONCE) {
      let left = keys.slice(start, start + GET_AT_ONCE);
      for (let attempt = 1; left.length > 0; attempt++) {
        const input = { RequestItems: { [this.#name]: { Keys: left, ConsistentRead: true } } };
        const answer = await this.#caller.run((client, o, sdk) => client.send(new sdk.BatchGetItemCommand(input), o));
        const found = answer.Responses?.[this.#name] ?? [];
        items.push(...found);
        left = answer.UnprocessedKeys?.[this.#name]?.Keys ?? [];
        // An answer has room for 16 MB: with something in it, the rest is only asked for again.
        if (found.length > 0) attempt = 0;
        else if (left.length > 0) await this.#pause(attempt);
      }
    }
    return items;
  }

  /** With `onlyNew`, throws ConditionFailed where there is one of that key. */
  async put(item: Item, onlyNew = false): Promise<void> {
    const input = {
      TableName: this.#name,
      Item: item,
      ...(onlyNew && {
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      }),
    };
    await this.#caller.run((client, o, sdk) => client.send(new sdk.PutItemCommand(input), o));
  }

  /** Gives the item as it is then. Throws ConditionFailed, with the item as it was. */
  async update(key: Item, update: UpdateExpression): Promise<Item> {
    const input: UpdateItemCommandInput = {
      TableName: this.#name,
      Key: key,
      ...update.build(),
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    };
    const answer = await this.#caller.run((client, o, sdk) => client.send(new sdk.UpdateItemCommand(input), o));
    return answer.Attributes ?? {};
  }

  /** Gives the item as it was; undefined when there was none. */
  async delete(key: Item): Promise<Item | undefined> {
    const input = { TableName: this.#name, Key: key, ReturnValues: 'ALL_OLD' as const };
    const answer = await this.#caller.run((client, o, sdk) => client.send(new sdk.DeleteItemCommand(input), o));
    return answer.Attributes;
  }

  async deleteMany(keys: readonly Item[]): Promise<void> {
    for (let start = 0; start < keys.length; start += WRITE_AT_ONCE) {
      let left = keys.slice(start, start + WRITE_AT_ONCE).map((Key) => ({ DeleteRequest: { Key } }));
      for (let attempt = 1; left.length > 0; attempt++) {
        const input = { RequestItems: { [this.#name]: left } };
        const answer = await this.#caller.run((client, o, sdk) => client.send(new sdk.BatchWriteItemCommand(input), o));
        left = (answer.UnprocessedItems?.[this.#name] ?? []).flatMap(({ DeleteRequest }) =>
          DeleteRequest?.Key ? [{ DeleteRequest: { Key: DeleteRequest.Key } }] : [],
        );
        if (left.length > 0) await this.#pause(attempt);
      }
    }
  }

  /** Page by page, each with at least one item, in the order of the sort key. */
  async *query({ pk, prefix, after, ascending = true, attributes, pageSize }: ItemQuery): AsyncGenerator<Item[]> {
    let start = after === undefined ? undefined : { pk: text(pk), sk: text(after) };
    const names = attributes?.map((attribute, index) => [`#${index}`, attribute] as const);
    do {
      const input = {
        TableName: this.#name,
        KeyConditionExpression: prefix === undefined ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': text(pk), ...(prefix !== undefined && { ':prefix': text(prefix) }) },
        ConsistentRead: true,
        ScanIndexForward: ascending,
        ...(names && {
          ProjectionExpression: names.map(([placeholder]) => placeholder).join(', '),
          ExpressionAttributeNames: Object.fromEntries(names),
        }),
        ...(pageSize !== undefined && { Limit: pageSize }),
        ...(start && { ExclusiveStartKey: start }),
      };
      const page = await this.#caller.run((client, o, sdk) => client.send(new sdk.QueryCommand(input), o));
      if (page.Items !== undefined && page.Items.length > 0) yield page.Items;
      start = page.LastEvaluatedKey as typeof start;
    } while (start);
  }

  async #pause(attempt: number): Promise<void> {
    if (attempt >= TRIES)
      throw new PlatformError('overloaded', 'The table is over its throughput. Retry shortly.', {
        retryAfterSeconds: 1,
      });
    await this.#caller.pause(attempt);
  }
}
