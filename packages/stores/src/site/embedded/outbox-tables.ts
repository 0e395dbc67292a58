import type { Connection } from '../../embedded/database.ts';
import type {
  NewOutboxItem,
  OutboxDepth,
  OutboxEnd,
  OutboxItem,
  OutboxOwner,
  OutboxPage,
  OutboxStatus,
  OutboxWork,
} from '../outbox.ts';

interface Row {
  readonly n: number;
  readonly id: string;
  readonly tenant: string;
  readonly principal: string;
  readonly model: string;
  readonly status: OutboxStatus;
  readonly created_at: number;
  readonly expires_at: number;
  readonly ended_at: number | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
}

const OWNED = 'tenant = ? AND principal = ?';

/** Requests of the outbox and their answers, as rows. */
export class OutboxTables {
  readonly #add;
  readonly #addTexts;
  readonly #byId;
  readonly #byName;
  readonly #texts;
  readonly #page;
  readonly #waiting;
  readonly #items;
  readonly #deeper;
  readonly #oldest;
  readonly #end;
  readonly #answer;
  readonly #open;
  readonly #ended;
  readonly #dropTexts;
  readonly #drop;

  constructor(db: Connection) {
    this.#add = db.prepare(
      `INSERT INTO outbox (id, tenant, principal, model, created_at, expires_at, idempotency_key, idempotency_hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING n`,
    );
    this.#addTexts = db.prepare('INSERT INTO outbox_texts (n, request, identity) VALUES (?, ?, ?)');
    this.#byId = db.prepare('SELECT * FROM outbox WHERE id = ?');
    this.#byName = db.prepare(`SELECT * FROM outbox WHERE ${OWNED} AND idempotency_key = ?`);
    this.#texts = db.prepare('SELECT request, identity, response FROM outbox_texts WHERE n = ?');
    this.#page = db.prepare(`SELECT * FROM outbox WHERE ${OWNED} AND n < ? ORDER BY n DESC LIMIT ?`);
    this.#waiting = db.prepare(
      `SELECT n AS number, id, expires_at AS expiresAt FROM outbox WHERE status = 'waiting' AND n > ? ORDER BY n LIMIT ?`,
    );
    this.#items = db.prepare('SELECT items FROM outbox_depth');
    this.#deeper = db.prepare('UPDATE outbox_depth SET items = items + ?');
    this.#oldest = db.prepare(`SELECT created_at FROM outbox WHERE status = 'waiting' ORDER BY n LIMIT 1`);
    this.#end = db.prepare(
      `UPDATE outbox SET status = ?, ended_at = ?, error_code = ?, error_message = ? WHERE id = ? AND status = 'waiting' RETURNING n`,
    );
    this.#answer = db.prepare('UPDATE outbox_texts SET request = NULL, identity = NULL, response = ? WHERE n = ?');
    this.#open = db.prepare(`SELECT tenant, id FROM outbox WHERE status = 'waiting'`);
    this.#ended = db.prepare('SELECT n FROM outbox WHERE ended_at < ? ORDER BY ended_at LIMIT ?').raw();
    this.#dropTexts = db.prepare('DELETE FROM outbox_texts WHERE n = ?');
    this.#drop = db.prepare('DELETE FROM outbox WHERE n = ?');
  }

  add(item: NewOutboxItem): OutboxItem {
    const { id, tenant, principal, model, createdAt, expiresAt, idempotency } = item;
    const name = [idempotency?.key ?? null, idempotency?.hash ?? null];
    const { n } = this.#add.get([id, tenant, principal, model, createdAt, expiresAt, ...name]) as { n: number };
    this.#addTexts.run([n, item.request, item.identity]);
    this.#deeper.run([1]);
    return this.find(id)!;
  }

  find(id: string): OutboxItem | undefined {
    const row = this.#byId.get([id]) as Row | undefined;
    return row && itemOf(row);
  }

  /** What was sent under a name before, and its hash. */
  named(
    { tenant, principal }: OutboxOwner,
    key: string,
  ): { readonly item: OutboxItem; readonly hash: string } | undefined {
    const row = this.#byName.get([tenant, principal, key]) as (Row & { idempotency_hash: string }) | undefined;
    return row && { item: itemOf(row), hash: row.idempotency_hash };
  }

  get({ tenant, principal }: OutboxOwner, id: string): OutboxItem | undefined {
    const row = this.#byId.get([id]) as Row | undefined;
    if (row === undefined || row.tenant !== tenant || row.principal !== principal) return undefined;
    const { response } = this.#texts.get([row.n]) as { response: string | null };
    return { ...itemOf(row), response: response ?? undefined };
  }

  list({ tenant, principal }: OutboxOwner, limit: number, after: string | undefined): OutboxPage {
    const start =
      after === undefined ? Number.MAX_SAFE_INTEGER : ((this.#byId.get([after]) as Row | undefined)?.n ?? 0);
    const rows = this.#page.all([tenant, principal, start, limit + 1]) as Row[];
    return { items: rows.slice(0, limit).map(itemOf), more: rows.length > limit };
  }

  waiting(after: number, limit: number): { number: number; id: string; expiresAt: number }[] {
    return this.#waiting.all([after, limit]) as { number: number; id: string; expiresAt: number }[];
  }

  work(id: string): OutboxWork | undefined {
    const row = this.#byId.get([id]) as Row | undefined;
    if (row?.status !== 'waiting') return undefined;
    const { request, identity } = this.#texts.get([row.n]) as { request: string; identity: string };
    return { item: itemOf(row), request, identity };
  }

  /** False when it does not wait any more. */
  end(id: string, { status, at, error, response }: Omit<OutboxEnd, 'used'>): boolean {
    const row = this.#end.get([status, at, error?.code ?? null, error?.message ?? null, id]) as
      { n: number } | undefined;
    if (row === undefined) return false;
    this.#answer.run([response ?? null, row.n]);
    this.#deeper.run([-1]);
    return true;
  }

  open(): (readonly [tenant: string, id: string])[] {
    return (this.#open.all([]) as { tenant: string; id: string }[]).map(({ tenant, id }) => [tenant, id] as const);
  }

  forget(endedBefore: number, limit: number): number {
    const rows = this.#ended.all([endedBefore, limit]) as [number][];
    for (const [n] of rows) {
      this.#dropTexts.run([n]);
      this.#drop.run([n]);
    }
    return rows.length;
  }

  depth(): OutboxDepth {
    const oldest = this.#oldest.get([]) as { created_at: number } | undefined;
    return { items: this.items(), oldestAt: oldest?.created_at };
  }

  /** How many wait. */
  items(): number {
    return (this.#items.get([]) as { items: number }).items;
  }
}

function itemOf(row: Row): OutboxItem {
  const { id, tenant, principal, model, status, error_code: code, error_message: message } = row;
  return {
    id,
    tenant,
    principal,
    model,
    status,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at ?? undefined,
    response: undefined,
    error: code === null ? undefined : { code, message: message ?? '' },
  };
}
