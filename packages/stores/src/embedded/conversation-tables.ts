import type { ChatMessage, Conversation, ConversationSummary } from '@plinth/contracts';
import { CONVERSATION_BOUNDS, conversationFull } from '../conversations/bounds.ts';
import type { ConversationOwner } from '../ports/conversation-store.ts';
import type { Connection } from './database.ts';

interface Row {
  readonly n: number;
  readonly tenant: string;
  readonly principal: string;
  readonly id: string;
  readonly title: string;
  readonly model: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly bytes: number;
}

export interface TurnToKeep {
  readonly json: string;
  readonly bytes: number;
  readonly model: string;
  readonly title: string;
  readonly at: number;
}

const summaryOf = (row: Row): ConversationSummary => ({
  id: row.id,
  tenant: row.tenant,
  principal: row.principal,
  title: row.title,
  model: row.model,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** A conversation is one row and a row per turn, so that a long one is not rewritten whenever it grows. */
export class ConversationTables {
  readonly #find;
  readonly #list;
  readonly #turns;
  readonly #create;
  readonly #touch;
  readonly #addTurn;
  readonly #removeTurns;
  readonly #remove;

  constructor(db: Connection) {
    this.#find = db.prepare('SELECT * FROM conversations WHERE tenant = ? AND principal = ? AND id = ?');
    this.#list = db.prepare(
      `SELECT * FROM conversations WHERE tenant = ? AND principal = ? AND updated_at < ?
       ORDER BY updated_at DESC, id LIMIT ?`,
    );
    this.#turns = db.prepare('SELECT messages FROM conversation_turns WHERE conversation = ? ORDER BY turn');
    this.#create = db.prepare(
      `INSERT INTO conversations (tenant, principal, id, title, model, created_at, updated_at, bytes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#touch = db.prepare(
      'UPDATE conversations SET model = ?, updated_at = max(updated_at, ?), bytes = bytes + ? WHERE n = ?',
    );
    this.#addTurn = db.prepare(
      `INSERT INTO conversation_turns (conversation, turn, messages)
       VALUES (?1, 1 + coalesce((SELECT max(turn) FROM conversation_turns WHERE conversation = ?1), 0), ?2)`,
    );
    this.#removeTurns = db.prepare('DELETE FROM conversation_turns WHERE conversation = ?');
    this.#remove = db.prepare('DELETE FROM conversations WHERE n = ?');
  }

  list(owner: ConversationOwner, limit: number, before: number): ConversationSummary[] {
    return (this.#list.all([owner.tenant, owner.principal, before, limit]) as Row[]).map(summaryOf);
  }

  get(owner: ConversationOwner, id: string): Conversation | undefined {
    const row = this.#row(owner, id);
    if (!row) return undefined;
    const turns = this.#turns.all([row.n]) as { messages: string }[];
    return { ...summaryOf(row), messages: turns.flatMap((turn) => JSON.parse(turn.messages) as ChatMessage[]) };
  }

  append(owner: ConversationOwner, id: string, turn: TurnToKeep): void {
    let row = this.#row(owner, id);
    if ((row?.bytes ?? 0) + turn.bytes > CONVERSATION_BOUNDS.bytes) throw conversationFull();
    if (row) this.#touch.run([turn.model, turn.at, turn.bytes, row.n]);
    else {
      const title = turn.title.slice(0, CONVERSATION_BOUNDS.titleLength);
      this.#create.run([owner.tenant, owner.principal, id, title, turn.model, turn.at, turn.at, turn.bytes]);
      row = this.#row(owner, id);
    }
    this.#addTurn.run([row!.n, turn.json]);
  }

  delete(owner: ConversationOwner, id: string): boolean {
    const row = this.#row(owner, id);
    if (!row) return false;
    this.#removeTurns.run([row.n]);
    this.#remove.run([row.n]);
    return true;
  }

  #row(owner: ConversationOwner, id: string): Row | undefined {
    return this.#find.get([owner.tenant, owner.principal, id]) as Row | undefined;
  }
}
