import { randomBytes } from 'node:crypto';
import type { ChatMessage, Conversation, ConversationSummary } from '@plinth/contracts';
import { PlatformError } from '@plinth/contracts';
import {
  checkConversationId,
  CONVERSATION_BOUNDS,
  conversationFull,
  listLimit,
  serializeTurn,
} from '../conversations/bounds.ts';
import type { ConversationOwner, ConversationStore } from '../ports/conversation-store.ts';
import { count, countOf, keyOf, part, text, textOf } from './attributes.ts';
import type { DynamoCaller, Item } from './dynamo-caller.ts';
import { ConditionFailed } from './dynamo-caller.ts';

const ownerPk = (owner: ConversationOwner): string => `owner#${part(owner.tenant)}#${part(owner.principal)}`;
const summarySk = (id: string): string => `c#${part(id)}`;
/** Turns name the life of the conversation they belong to, so that one deleted and begun again never shows old ones. */
const turnPk = (owner: ConversationOwner, id: string): string => `turns#${ownerPk(owner)}#${part(id)}`;
const turnSk = (life: string, turn: number): string => `${life}#${turn.toString().padStart(8, '0')}`;
const WRITE_BATCH = 25;

/**
 * Conversations in the records table: a summary item under its owner and an item per turn, so that an append costs the size of the turn
 * and not of the conversation. Listing reads all summaries of one owner (about 250 bytes each) and sorts them here.
 */
export class DynamoConversationStore implements ConversationStore {
  readonly #caller: DynamoCaller;
  readonly #table: string;

  constructor(caller: DynamoCaller, table: string) {
    this.#caller = caller;
    this.#table = table;
  }

  async list(
    owner: ConversationOwner,
    options: { limit?: number; before?: number } = {},
  ): Promise<readonly ConversationSummary[]> {
    const before = options.before ?? Number.POSITIVE_INFINITY;
    const summaries: ConversationSummary[] = [];
    for await (const item of this.#query(ownerPk(owner), 'c#')) {
      const summary = summaryOf(owner, item);
      if (summary.updatedAt < before) summaries.push(summary);
    }
    summaries.sort((a, b) => b.updatedAt - a.updatedAt || (a.id < b.id ? -1 : 1));
    return summaries.slice(0, listLimit(options.limit));
  }

  async get(owner: ConversationOwner, id: string): Promise<Conversation | undefined> {
    const summary = await this.#summary(owner, id);
    if (!summary) return undefined;
    const messages: ChatMessage[] = [];
    for await (const item of this.#query(turnPk(owner, id), `${textOf(summary, 'life')}#`))
      messages.push(...(JSON.parse(textOf(item, 'messages')) as ChatMessage[]));
    return { ...summaryOf(owner, summary), messages };
  }

  async append(
    owner: ConversationOwner,
    id: string,
    turn: { messages: readonly ChatMessage[]; model: string; title: string; at: number },
  ): Promise<void> {
    checkConversationId(id);
    const { json, bytes } = serializeTurn(turn.messages);
    const { life, number } = await this.#takeTurn(owner, id, turn, bytes);
    const input = {
      TableName: this.#table,
      Item: { ...keyOf(turnPk(owner, id), turnSk(life, number)), messages: text(json) },
    };
    await this.#caller.run((client, options, sdk) => client.send(new sdk.PutItemCommand(input), options));
  }

  async delete(owner: ConversationOwner, id: string): Promise<boolean> {
    const summary = await this.#summary(owner, id);
    if (!summary) return false;
    const input = { TableName: this.#table, Key: keyOf(ownerPk(owner), summarySk(id)) };
    await this.#caller.run((client, options, sdk) => client.send(new sdk.DeleteItemCommand(input), options));
    let keys: Item[] = [];
    for await (const item of this.#query(turnPk(owner, id), '', 'pk, sk')) {
      keys.push(keyOf(textOf(item, 'pk'), textOf(item, 'sk')));
      if (keys.length < WRITE_BATCH) continue;
      await this.#deleteAll(keys);
      keys = [];
    }
    await this.#deleteAll(keys);
    return true;
  }

  /** Makes room in the summary and takes the next turn's number, in one update. */
  async #takeTurn(
    owner: ConversationOwner,
    id: string,
    turn: { model: string; title: string; at: number },
    bytes: number,
  ): Promise<{ life: string; number: number }> {
    const input = {
      TableName: this.#table,
      Key: keyOf(ownerPk(owner), summarySk(id)),
      UpdateExpression:
        'SET #id = :id, title = if_not_exists(title, :title), model = :model, createdAt = if_not_exists(createdAt, :at), ' +
        'updatedAt = :at, life = if_not_exists(life, :life) ADD size_bytes :bytes, turns :one',
      ConditionExpression: 'attribute_not_exists(size_bytes) OR size_bytes <= :room',
      ExpressionAttributeNames: { '#id': 'id' },
      ExpressionAttributeValues: {
        ':id': text(id),
        ':title': text(turn.title.slice(0, CONVERSATION_BOUNDS.titleLength)),
        ':model': text(turn.model),
        ':at': count(turn.at),
        ':life': text(randomBytes(6).toString('hex')),
        ':bytes': count(bytes),
        ':one': count(1),
        ':room': count(CONVERSATION_BOUNDS.bytes - bytes),
      },
      ReturnValues: 'ALL_NEW' as const,
    };
    try {
      const answer = await this.#caller.run((client, options, sdk) =>
        client.send(new sdk.UpdateItemCommand(input), options),
      );
      const item = answer.Attributes ?? {};
      return { life: textOf(item, 'life'), number: countOf(item, 'turns') };
    } catch (error) {
      throw error instanceof ConditionFailed ? conversationFull() : error;
    }
  }

  async #summary(owner: ConversationOwner, id: string): Promise<Item | undefined> {
    const input = { TableName: this.#table, Key: keyOf(ownerPk(owner), summarySk(id)), ConsistentRead: true };
    const answer = await this.#caller.run((client, options, sdk) =>
      client.send(new sdk.GetItemCommand(input), options),
    );
    return answer.Item;
  }

  async #deleteAll(keys: readonly Item[]): Promise<void> {
    let left = keys.map((Key) => ({ DeleteRequest: { Key } }));
    for (let attempt = 1; left.length > 0; attempt++) {
      const input = { RequestItems: { [this.#table]: left } };
      const answer = await this.#caller.run((client, options, sdk) =>
        client.send(new sdk.BatchWriteItemCommand(input), options),
      );
      const unprocessed = answer.UnprocessedItems?.[this.#table] ?? [];
      left = unprocessed.flatMap(({ DeleteRequest }) =>
        DeleteRequest?.Key ? [{ DeleteRequest: { Key: DeleteRequest.Key } }] : [],
      );
      if (left.length === 0) return;
      if (attempt >= 6)
        throw new PlatformError('overloaded', 'The records table is over its throughput. Delete it again.');
      await this.#caller.pause(attempt);
    }
  }

  async *#query(pk: string, prefix: string, projection?: string): AsyncGenerator<Item> {
    let start: Item | undefined;
    do {
      const query = {
        TableName: this.#table,
        KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': text(pk), ...(prefix !== '' && { ':prefix': text(prefix) }) },
        ConsistentRead: true,
        ...(projection !== undefined && { ProjectionExpression: projection }),
        ...(start && { ExclusiveStartKey: start }),
      };
      const page = await this.#caller.run((client, options, sdk) => client.send(new sdk.QueryCommand(query), options));
      yield* page.Items ?? [];
      start = page.LastEvaluatedKey;
    } while (start);
  }
}

const summaryOf = (owner: ConversationOwner, item: Item): ConversationSummary => ({
  id: textOf(item, 'id'),
  tenant: owner.tenant,
  principal: owner.principal,
  title: textOf(item, 'title'),
  model: textOf(item, 'model'),
  createdAt: countOf(item, 'createdAt'),
  updatedAt: countOf(item, 'updatedAt'),
});
