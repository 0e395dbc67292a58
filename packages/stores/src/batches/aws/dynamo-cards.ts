import { ENDED, type FilePurpose } from '@plinth/contracts';
import { count, keyOf, part, text, textOf } from '../../aws/attributes.ts';
import type { Item } from '../../aws/dynamo-caller.ts';
import { ConditionFailed } from '../../aws/dynamo-caller.ts';
import type { DynamoTable } from '../../aws/dynamo-table.ts';
import { UpdateExpression } from '../../aws/expression.ts';
import { batchExists, listLimit, noSuch, openLimit, revisionPassed, serializeCard } from '../bounds.ts';
import type { BatchChange, BatchRecord, FileRecord, Page, PageRequest } from '../batch-store.ts';

type Card = FileRecord | BatchRecord;
type Owner = Pick<Card, 'tenant' | 'id'>;

const CARD = 'card';
const fileKey = ({ tenant, id }: Owner): Item => keyOf(`file#${part(tenant)}#${part(id)}`, CARD);
const batchKey = ({ id }: Pick<Owner, 'id'>): Item => keyOf(`batch#${part(id)}`, CARD);
const filesPk = (tenant: string): string => `files#${part(tenant)}`;
const batchesPk = (tenant: string): string => `batches#${part(tenant)}`;
const OPEN_PK = 'open-batches';

/** Sorts as the time does, up to the year 33,658. */
const timed = (at: number, id: string): string => `${at.toString().padStart(15, '0')}#${part(id)}`;
const createdSk = ({ createdAt, id }: Card): string => timed(createdAt, id);
const deadlineSk = ({ expiresAt, id }: BatchRecord): string => timed(expiresAt, id);

/** What a pointer leads to; how its card is found again. */
const pointer = (pk: string, sk: string, card: Item): Item => ({ ...keyOf(pk, sk), to: card.pk! });

const cardOf = <T>(item: Item | undefined): T | undefined => item && (JSON.parse(textOf(item, 'body')) as T);

/**
 * Files and batches: a card each, and pointers to it that sort by time. Pointers are written first and taken away last, and one that its
 * card does not agree with is passed over: a crash in between leaves a few bytes, never a card that no list shows.
 */
export class DynamoCards {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async putFile(file: FileRecord): Promise<void> {
    const body = text(serializeCard(file));
    await this.#table.put({
      ...pointer(filesPk(file.tenant), createdSk(file), fileKey(file)),
      purpose: text(file.purpose),
    });
    await this.#table.put({ ...fileKey(file), body });
  }

  async getFile(tenant: string, id: string): Promise<FileRecord | undefined> {
    return cardOf<FileRecord>(await this.#table.get(fileKey({ tenant, id })));
  }

  async listFiles(
    tenant: string,
    page: PageRequest & { readonly purpose?: FilePurpose | undefined },
  ): Promise<Page<FileRecord>> {
    const after = page.after === undefined ? undefined : await this.getFile(tenant, page.after);
    if (page.after !== undefined && after === undefined) throw noSuch('file', page.after);
    return this.#list(filesPk(tenant), after, page, page.purpose);
  }

  async deleteFile(tenant: string, id: string): Promise<boolean> {
    const file = cardOf<FileRecord>(await this.#table.delete(fileKey({ tenant, id })));
    if (file) await this.#table.delete(keyOf(filesPk(tenant), createdSk(file)));
    return file !== undefined;
  }

  async createBatch(batch: BatchRecord): Promise<void> {
    const body = serializeCard(batch);
    const key = batchKey(batch);
    await this.#table.put(pointer(batchesPk(batch.tenant), createdSk(batch), key));
    if (!ENDED.has(batch.status)) await this.#table.put(pointer(OPEN_PK, deadlineSk(batch), key));
    try {
      await this.#table.put({ ...key, body: text(body), revision: count(batch.revision) }, true);
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      // The same batch, created by a try whose answer was lost.
      if (error.repeated && textOf((await this.#table.get(key)) ?? {}, 'body') === body) return;
      throw batchExists(batch.id, error);
    }
  }

  async getBatch(tenant: string, id: string): Promise<BatchRecord | undefined> {
    const batch = cardOf<BatchRecord>(await this.#table.get(batchKey({ id })));
    return batch?.tenant === tenant ? batch : undefined;
  }

  async listBatches(tenant: string, page: PageRequest): Promise<Page<BatchRecord>> {
    const after = page.after === undefined ? undefined : await this.getBatch(tenant, page.after);
    if (page.after !== undefined && after === undefined) throw noSuch('batch', page.after);
    return this.#list(batchesPk(tenant), after, page, undefined, ({ tenant: of }) => of === tenant);
  }

  async openBatches(limit: number): Promise<readonly BatchRecord[]> {
    const wanted = openLimit(limit);
    const open: BatchRecord[] = [];
    for await (const pointers of this.#table.query({ pk: OPEN_PK, pageSize: Math.min(100, wanted) })) {
      for (const [{ sk }, batch] of await this.#follow<BatchRecord>(pointers)) {
        // Nothing leaves its end, so what still points to one was left over by a crash.
        if (ENDED.has(batch.status)) await this.#table.delete(keyOf(OPEN_PK, sk!.S!));
        else if (sk!.S === deadlineSk(batch)) open.push(batch);
        if (open.length === wanted) return open;
      }
    }
    return open;
  }

  async changeBatch(
    { tenant, id, revision }: Pick<BatchRecord, 'tenant' | 'id' | 'revision'>,
    change: BatchChange,
  ): Promise<BatchRecord> {
    const found = await this.getBatch(tenant, id);
    if (found === undefined) throw noSuch('batch', id);
    if (found.revision !== revision) throw revisionPassed();
    const changed = { ...found, ...change, revision: revision + 1 };
    const body = serializeCard(changed);
    const key = batchKey(changed);
    const [before, after] = [deadlineSk(found), deadlineSk(changed)];
    if (after !== before) await this.#table.put(pointer(OPEN_PK, after, key));
    const update = new UpdateExpression();
    update.requireEqual('revision', revision);
    update.set('body', body);
    update.set('revision', changed.revision);
    try {
      await this.#table.update(key, update);
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      const now = error.item ?? (await this.#table.get(key)) ?? {};
      if (!error.repeated || textOf(now, 'body') !== body) throw revisionPassed(error);
    }
    if (after !== before || ENDED.has(changed.status)) await this.#table.delete(keyOf(OPEN_PK, before));
    if (after !== before && ENDED.has(changed.status)) await this.#table.delete(keyOf(OPEN_PK, after));
    return changed;
  }

  async #list<T extends Card>(
    pk: string,
    after: T | undefined,
    { limit }: PageRequest,
    purpose: FilePurpose | undefined,
    belongs: (card: T) => boolean = () => true,
  ): Promise<Page<T>> {
    const wanted = listLimit(limit);
    const cards: T[] = [];
    const start = after && createdSk(after);
    for await (const all of this.#table.query({ pk, after: start, ascending: false, pageSize: wanted + 1 })) {
      const pointers = purpose === undefined ? all : all.filter((item) => textOf(item, 'purpose') === purpose);
      for (const [{ sk }, card] of await this.#follow<T>(pointers)) {
        if (sk!.S !== createdSk(card) || !belongs(card)) continue;
        if (cards.length === wanted) return { items: cards, more: true };
        cards.push(card);
      }
    }
    return { items: cards, more: false };
  }

  /** Pointers with their cards, in the order of the pointers; without those that lead nowhere. */
  async #follow<T>(pointers: readonly Item[]): Promise<(readonly [pointer: Item, card: T])[]> {
    // A crash while a deadline was moved leaves two to one card, and one key must not be asked for twice.
    const targets = new Set(pointers.map((item) => textOf(item, 'to')));
    const found = await this.#table.getMany([...targets].map((pk) => keyOf(pk, CARD)));
    const cards = new Map(found.map((item) => [textOf(item, 'pk'), item]));
    return pointers.flatMap((item) => {
      const card = cardOf<T>(cards.get(textOf(item, 'to')));
      return card === undefined ? [] : [[item, card] as const];
    });
  }
}
