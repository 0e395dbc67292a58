import { REPORT_BOUNDS, type ReportedUsage, type SiteReport, type SiteState } from '@plinth/contracts';
import type { AuditTables } from '../../embedded/audit-tables.ts';
import type { Connection } from '../../embedded/database.ts';
import type { Charge } from '../../embedded/ledger-book.ts';
import { dayOf } from '../../ledger/periods.ts';
import type { WrittenReport } from '../report-journal.ts';

/** Room in a report for what requests came to, and for what stands around it and the audit entries. */
const USAGE_BYTES = 60_000;
const AUDIT_BYTES = REPORT_BOUNDS.bytes - USAGE_BYTES - 1_000;

/** Reports not yet taken, and what is to be told in the next. */
export class ReportTables {
  readonly #chain: string;
  readonly #audit: AuditTables;
  readonly #addUsage;
  readonly #readUsage;
  readonly #dropUsage;
  readonly #oldest;
  readonly #cursor;
  readonly #move;
  readonly #write;
  readonly #drop;
  #charges = new Map<string, ReportedUsage>();

  constructor(db: Connection, audit: AuditTables) {
    this.#chain = audit.chain;
    this.#audit = audit;
    this.#addUsage = db.prepare(
      `INSERT INTO report_usage (tenant, key, day, requests, tokens, nano_usd) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET requests = requests + excluded.requests, tokens = tokens + excluded.tokens, nano_usd = nano_usd + excluded.nano_usd`,
    );
    this.#readUsage = db.prepare(
      `SELECT tenant, key, day, requests, tokens, nano_usd AS nanoUsd FROM report_usage ORDER BY tenant, key, day LIMIT ${REPORT_BOUNDS.usage}`,
    );
    this.#dropUsage = db.prepare('DELETE FROM report_usage WHERE tenant = ? AND key = ? AND day = ?');
    this.#oldest = db.prepare('SELECT number, body FROM reports ORDER BY number LIMIT 1');
    this.#cursor = db.prepare('SELECT number, audit FROM report_cursor');
    this.#move = db.prepare('UPDATE report_cursor SET number = ?, audit = ?');
    this.#write = db.prepare('INSERT INTO reports (number, body) VALUES (?, ?)');
    this.#drop = db.prepare('DELETE FROM reports WHERE number = ?');
  }

  /** Summed until the batch is written. */
  charge({ tenant, key, reservedAt, amount }: Charge): void {
    const day = dayOf(reservedAt);
    const name = JSON.stringify([tenant, key, day]);
    const { requests, tokens, nanoUsd } = this.#charges.get(name) ?? NONE;
    this.#charges.set(name, {
      tenant,
      key,
      day,
      requests: requests + 1,
      tokens: tokens + amount.inputTokens + amount.outputTokens,
      nanoUsd: nanoUsd + amount.nanoUsd,
    });
  }

  write(): void {
    for (const { tenant, key, day, requests, tokens, nanoUsd } of this.#charges.values())
      this.#addUsage.run([tenant, key, day, requests, tokens, nanoUsd]);
    this.forget();
  }

  forget(): void {
    if (this.#charges.size > 0) this.#charges = new Map();
  }

  next(state: SiteState | undefined): WrittenReport | undefined {
    const oldest = this.#oldest.get([]) as { number: number; body: string } | undefined;
    if (oldest !== undefined) return { number: oldest.number, body: oldest.body, fresh: false };
    const cursor = this.#cursor.get([]) as { number: number; audit: number };
    const usage = this.#usage();
    const audit = this.#entriesAfter(cursor.audit);
    if (audit === undefined && usage.length === 0 && state === undefined) return undefined;
    const number = cursor.number + 1;
    const told = audit && { first: audit.first, lines: audit.lines };
    const report: SiteReport = {
      version: 1,
      journal: this.#chain,
      number,
      ...(told && { audit: told }),
      usage,
      ...(state && { state }),
    };
    const body = JSON.stringify(report);
    this.#write.run([number, body]);
    this.#move.run([number, audit?.last ?? cursor.audit]);
    for (const { tenant, key, day } of usage) this.#dropUsage.run([tenant, key, day]);
    return { number, body, fresh: true };
  }

  taken(number: number): void {
    this.#drop.run([number]);
  }

  #usage(): ReportedUsage[] {
    let bytes = 0;
    const rows = (this.#readUsage.all([]) as ReportedUsage[]).map((row) => ({ ...row }));
    return rows.filter((row) => (bytes += Buffer.byteLength(JSON.stringify(row))) < USAGE_BYTES);
  }

  /** As many entries as a report has room for, at least one. */
  #entriesAfter(after: number): { readonly first: number; readonly last: number; readonly lines: string } | undefined {
    const lines: string[] = [];
    let last = after;
    let bytes = 0;
    for (;;) {
      const entries = this.#audit.read(undefined, last);
      if (entries.length === 0) break;
      for (const { sequence, hash, body } of entries) {
        const line = `${hash} ${body}`;
        // As it will stand in the report: a string in JSON.
        bytes += Buffer.byteLength(JSON.stringify(line));
        if (lines.length > 0 && bytes > AUDIT_BYTES) return { first: after + 1, last, lines: lines.join('\n') };
        lines.push(line);
        last = sequence;
      }
    }
    return lines.length === 0 ? undefined : { first: after + 1, last, lines: lines.join('\n') };
  }
}

const NONE = { requests: 0, tokens: 0, nanoUsd: 0 } as const;
