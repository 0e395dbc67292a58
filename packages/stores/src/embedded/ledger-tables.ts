import type { Connection } from './database.ts';
import type { LedgerEvent, MadeEvent } from './ledger-events.ts';
import { ScopeCounters } from './scope-counters.ts';

export interface ScopeRow {
  readonly tenant: string;
  readonly scope: 't' | 'k';
  readonly id: string;
  readonly counters: ScopeCounters;
}

export interface Checkpoint {
  /** Grows with every checkpoint. While it is the same, the journal has only been added to. */
  readonly epoch: number;
  readonly reservations: readonly MadeEvent[];
}

/** The ledger's rows. */
export class LedgerTables {
  readonly #readEpoch;
  readonly #readCheckpoint;
  readonly #writeCheckpoint;
  readonly #readJournal;
  readonly #append;
  readonly #emptyJournal;
  readonly #readScopes;
  readonly #writeScopes;

  constructor(db: Connection) {
    this.#readEpoch = db.prepare('SELECT epoch FROM ledger_checkpoint');
    this.#readCheckpoint = db.prepare('SELECT epoch, reservations FROM ledger_checkpoint');
    this.#writeCheckpoint = db.prepare('UPDATE ledger_checkpoint SET epoch = ?, reservations = ?');
    this.#readJournal = db.prepare('SELECT seq, events FROM ledger_journal WHERE seq > ? ORDER BY seq');
    this.#append = db.prepare('INSERT INTO ledger_journal (seq, events) VALUES (?, ?)');
    this.#emptyJournal = db.prepare('DELETE FROM ledger_journal');
    this.#readScopes = db.prepare('SELECT scope, id, counters FROM ledger_scopes WHERE tenant = ?');
    this.#writeScopes = db.prepare(
      `INSERT INTO ledger_scopes (tenant, scope, id, counters)
       SELECT value->>0, value->>1, value->>2, value->>3 FROM json_each(?) WHERE true
       ON CONFLICT DO UPDATE SET counters = excluded.counters`,
    );
  }

  readEpoch(): number {
    return (this.#readEpoch.get([]) as { epoch: number }).epoch;
  }

  readCheckpoint(): Checkpoint {
    const row = this.#readCheckpoint.get([]) as { epoch: number; reservations: string };
    return { epoch: row.epoch, reservations: JSON.parse(row.reservations) as MadeEvent[] };
  }

  readJournal(afterSeq: number): { seq: number; events: LedgerEvent[] }[] {
    const rows = this.#readJournal.all([afterSeq]) as { seq: number; events: string }[];
    return rows.map(({ seq, events }) => ({ seq, events: JSON.parse(events) as LedgerEvent[] }));
  }

  append(seq: number, events: readonly LedgerEvent[]): void {
    this.#append.run([seq, JSON.stringify(events)]);
  }

  checkpoint(checkpoint: Checkpoint, scopes: readonly ScopeRow[]): void {
    this.#writeCheckpoint.run([checkpoint.epoch, JSON.stringify(checkpoint.reservations)]);
    const rows = scopes.map(({ tenant, scope, id, counters }) => [tenant, scope, id, counters.values]);
    if (rows.length > 0) this.#writeScopes.run([JSON.stringify(rows)]);
    this.#emptyJournal.run([]);
  }

  readScopes(tenant: string): { scope: ScopeCounters; keys: Map<string, ScopeCounters> } {
    const rows = this.#readScopes.all([tenant]) as { scope: string; id: string; counters: string }[];
    let scope = new ScopeCounters(undefined);
    const keys = new Map<string, ScopeCounters>();
    for (const row of rows) {
      const counters = new ScopeCounters(JSON.parse(row.counters) as number[]);
      if (row.scope === 't') scope = counters;
      else keys.set(row.id, counters);
    }
    return { scope, keys };
  }
}
