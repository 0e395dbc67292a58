import { PlatformError } from '@plinth/contracts';
import { AuditTables } from './audit-tables.ts';
import { ConversationTables } from './conversation-tables.ts';
import type { Connection } from './database.ts';
import { LedgerBook } from './ledger-book.ts';
import { LedgerEngine } from './ledger-engine.ts';
import { LedgerTables } from './ledger-tables.ts';
import type { BatchReply, CallOp, Failure, Operation, ReserveOp, SettleOp } from './protocol.ts';
import { APPEND, RESERVE, SETTLE } from './protocol.ts';
import { OutboxEngine } from '../site/embedded/outbox-engine.ts';
import { OutboxTables } from '../site/embedded/outbox-tables.ts';
import { ReportTables } from '../site/embedded/report-tables.ts';
import { RecordTables } from './record-tables.ts';
import { rolledBack } from './rolled-back.ts';

/** What the methods work on. */
interface Rooms {
  readonly ledger: LedgerEngine;
  readonly audit: AuditTables;
  readonly records: RecordTables;
  readonly conversations: ConversationTables;
  readonly outbox: OutboxTables;
  readonly outboxEngine: OutboxEngine;
  readonly reports: ReportTables;
  readonly spareBytes: () => number;
}

/** What can be called by name: the methods, whether each writes, and how it is done. */
function methodsOf({ ledger, audit, records, conversations, outbox, outboxEngine, reports, spareBytes }: Rooms) {
  return {
    // By name, as the queue's patience is for requests that come and go.
    reserveStanding: (op: ReserveOp) => ledger.reserve(op, true),
    settleStanding: (op: SettleOp) => ledger.settle(op),
    lower: (...args: Parameters<LedgerEngine['lower']>) => ledger.lower(...args),
    renew: (...args: Parameters<LedgerEngine['renew']>) => ledger.renew(...args),
    sweep: (...args: Parameters<LedgerEngine['sweep']>) => ledger.sweep(...args),
    usage: (...args: Parameters<LedgerEngine['usage']>) => ledger.usage(...args),
    readAudit: (...args: Parameters<AuditTables['read']>) => audit.read(...args),
    verifyAudit: (...args: Parameters<AuditTables['verify']>) => audit.verify(...args),
    getKey: (keyId: string) => records.getKey(keyId),
    createKey: (...args: Parameters<RecordTables['createKey']>) => records.createKey(...args),
    revokeKey: (...args: Parameters<RecordTables['revokeKey']>) => records.revokeKey(...args),
    listKeys: (tenant: string) => records.listKeys(tenant),
    getTenant: (tenant: string) => records.getTenant(tenant),
    putTenant: (...args: Parameters<RecordTables['putTenant']>) => records.putTenant(...args),
    listConversations: (...args: Parameters<ConversationTables['list']>) => conversations.list(...args),
    getConversation: (...args: Parameters<ConversationTables['get']>) => conversations.get(...args),
    appendConversation: (...args: Parameters<ConversationTables['append']>) => conversations.append(...args),
    deleteConversation: (...args: Parameters<ConversationTables['delete']>) => conversations.delete(...args),
    keepInOutbox: (...args: Parameters<OutboxEngine['keep']>) => outboxEngine.keep(...args),
    endInOutbox: (...args: Parameters<OutboxEngine['end']>) => outboxEngine.end(...args),
    renewOutbox: (...args: Parameters<OutboxEngine['renew']>) => outboxEngine.renew(...args),
    getOutbox: (...args: Parameters<OutboxTables['get']>) => outbox.get(...args),
    listOutbox: (...args: Parameters<OutboxTables['list']>) => outbox.list(...args),
    waitingInOutbox: (...args: Parameters<OutboxTables['waiting']>) => outbox.waiting(...args),
    workOfOutbox: (...args: Parameters<OutboxTables['work']>) => outbox.work(...args),
    forgetOutbox: (...args: Parameters<OutboxTables['forget']>) => outbox.forget(...args),
    depthOfOutbox: () => outbox.depth(),
    nextReport: (...args: Parameters<ReportTables['next']>) => reports.next(...args),
    reportTaken: (...args: Parameters<ReportTables['taken']>) => reports.taken(...args),
    spareBytes,
  };
}
export type Methods = ReturnType<typeof methodsOf>;

const READS: ReadonlySet<string> = new Set<keyof Methods>([
  'usage',
  'readAudit',
  'verifyAudit',
  'getKey',
  'listKeys',
  'getTenant',
  'listConversations',
  'getConversation',
  'getOutbox',
  'listOutbox',
  'waitingInOutbox',
  'workOfOutbox',
  'depthOfOutbox',
  'spareBytes',
]);

/** Runs batches, each in one transaction. */
export class Engine {
  readonly #book: LedgerBook;
  readonly #ledger: LedgerEngine;
  readonly #audit: AuditTables;
  readonly #reports: ReportTables;
  readonly #methods: Methods;
  readonly #beginWrite;
  readonly #beginRead;
  readonly #commit;
  readonly #dataVersion;
  readonly #db: Connection;
  #version: number | undefined;

  /** @param options `site`: what requests come to is kept for reports to a centre. */
  constructor(db: Connection, { site = false }: { readonly site?: boolean } = {}) {
    this.#db = db;
    const audit = (this.#audit = new AuditTables(db));
    const reports = (this.#reports = new ReportTables(db, audit));
    this.#book = new LedgerBook(new LedgerTables(db), site ? (charge) => reports.charge(charge) : undefined);
    const ledger = (this.#ledger = new LedgerEngine(this.#book));
    const outbox = new OutboxTables(db);
    const outboxEngine = new OutboxEngine(outbox, ledger, audit);
    const records = new RecordTables(db);
    const conversations = new ConversationTables(db);
    const spare = db.prepare('SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size').raw();
    const spareBytes = () => (spare.get([]) as [number])[0];
    this.#methods = methodsOf({ ledger, audit, records, conversations, outbox, outboxEngine, reports, spareBytes });
    this.#beginWrite = db.prepare('BEGIN IMMEDIATE');
    this.#beginRead = db.prepare('BEGIN');
    this.#commit = db.prepare('COMMIT');
    this.#dataVersion = db.prepare('PRAGMA data_version').raw();
  }

  /** All or nothing as far as the disk goes: an operation that is refused changes nothing, and a commit that fails fails everybody. */
  run(operations: readonly Operation[]): BatchReply {
    try {
      const writes = operations.some((op) => typeof op[1] !== 'string' || !READS.has(op[1]));
      (writes ? this.#beginWrite : this.#beginRead).run([]);
      this.#refresh();
      let failures: Failure[] | undefined;
      const results = operations.map((op, index) => {
        try {
          return this.#apply(op);
        } catch (error) {
          if (!(error instanceof PlatformError)) throw error;
          (failures ??= []).push([index, error.code, error.message]);
          return undefined;
        }
      });
      if (writes) {
        this.#audit.write();
        this.#book.write();
        this.#reports.write();
      }
      this.#commit.run([]);
      return [results, failures];
    } catch (error) {
      this.#forget();
      return rolledBack(this.#db, error);
    }
  }

  #apply(op: Operation): unknown {
    switch (op[0]) {
      case RESERVE:
        return this.#ledger.reserve(op);
      case SETTLE:
        return this.#ledger.settle(op);
      case APPEND:
        return this.#audit.append(op);
      default:
        return this.#call(op);
    }
  }

  #call([, method, ...args]: CallOp): unknown {
    const found = (this.#methods as Record<string, ((...args: unknown[]) => unknown) | undefined>)[method];
    if (!found) throw new PlatformError('internal', `The store has no operation "${method}".`);
    return found(...args);
  }

  /** What is in memory holds only while nobody else has written. Asked inside the transaction, so nobody can write after the answer. */
  #refresh(): void {
    const [version] = this.#dataVersion.get([]) as [number];
    const changed = version !== this.#version;
    this.#version = version;
    if (changed) this.#audit.forget();
    this.#book.refresh(changed);
  }

  #forget(): void {
    this.#book.forget();
    this.#audit.forget();
    this.#reports.forget();
  }
}
