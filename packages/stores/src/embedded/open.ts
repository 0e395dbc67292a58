import { randomUUID } from 'node:crypto';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Clock } from '../ports/clock.ts';
import { systemClock } from '../ports/clock.ts';
import type { ConversationStore } from '../ports/conversation-store.ts';
import type { KeyStore } from '../ports/key-store.ts';
import type { Ledger } from '../ports/ledger.ts';
import { EmbeddedOutbox } from '../site/embedded/embedded-outbox.ts';
import { EmbeddedReportJournal } from '../site/embedded/embedded-report-journal.ts';
import type { Outbox } from '../site/outbox.ts';
import type { ReportJournal } from '../site/report-journal.ts';
import { EmbeddedAuditLog } from './embedded-audit-log.ts';
import { EmbeddedConversationStore } from './embedded-conversation-store.ts';
import { EmbeddedKeyStore } from './embedded-key-store.ts';
import { EmbeddedLedger } from './embedded-ledger.ts';
import { GroupCommit } from './group-commit.ts';
import { prepareFile } from './prepare-file.ts';

export interface EmbeddedStoresOptions {
  /** Made if it is not there, readable by its owner only. */
  readonly folder: string;
  readonly clock?: Clock;
  /**
   * False lets the operating system write when it likes: a power cut loses what was promised.
   * @default true
   */
  readonly durable?: boolean;
}

export interface EmbeddedStores {
  readonly ledger: Ledger;
  readonly audit: AuditLog;
  readonly keys: KeyStore;
  readonly conversations: ConversationStore;
  close(): Promise<void>;
}

export const DATABASE_FILE = 'plinth.db';

/** What a site of the edge keeps beside that. */
export interface EmbeddedSite extends EmbeddedStores {
  readonly outbox: Outbox;
  readonly reports: ReportJournal;
  /** Bytes of the file that hold nothing any more and are written again first: it does not shrink. */
  spareBytes(): Promise<number>;
}

/** Everything the platform keeps, in one SQLite file in `folder`. Several processes may have it open at once. */
export async function openEmbeddedStores(options: EmbeddedStoresOptions): Promise<EmbeddedStores> {
  const { ledger, audit, keys, conversations, close } = await open(options, false);
  return { ledger, audit, keys, conversations, close };
}

/** The same for a site: with its outbox, and with what it has to report. Only one process may be the site. */
export function openEmbeddedSite(options: EmbeddedStoresOptions): Promise<EmbeddedSite> {
  return open(options, true);
}

async function open(options: EmbeddedStoresOptions, site: boolean): Promise<EmbeddedSite> {
  const { folder, clock = systemClock, durable = true } = options;
  const file = await prepareFile(folder, DATABASE_FILE);
  const queue = await GroupCommit.open({ file, durable, chain: randomUUID(), site });
  const ledger = new EmbeddedLedger(queue, clock);
  return {
    ledger,
    audit: new EmbeddedAuditLog(queue),
    keys: new EmbeddedKeyStore(queue),
    conversations: new EmbeddedConversationStore(queue),
    outbox: new EmbeddedOutbox(queue, ledger, clock),
    reports: new EmbeddedReportJournal(queue),
    spareBytes: () => queue.call('spareBytes'),
    close: () => queue.close(),
  };
}
