import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Clock } from '../ports/clock.ts';
import { systemClock } from '../ports/clock.ts';
import type { ConversationStore } from '../ports/conversation-store.ts';
import type { KeyStore } from '../ports/key-store.ts';
import type { Ledger } from '../ports/ledger.ts';
import { DynamoAuditLog } from './dynamo-audit-log.ts';
import { DynamoCaller } from './dynamo-caller.ts';
import { DynamoConversationStore } from './dynamo-conversation-store.ts';
import { DynamoKeyStore } from './dynamo-key-store.ts';
import { DynamoLedger } from './dynamo-ledger.ts';

/** Every table has the string keys `pk` and `sk`. */
export interface DynamoStoresOptions {
  /** A client, or `createDynamoClient(…)`, which loads the SDK at the first call only. */
  readonly client: DynamoDBClient | (() => Promise<DynamoDBClient>);
  readonly ledgerTable: string;
  /** Keys, tenants and conversations; its time-to-live attribute is `expiresAt`. */
  readonly recordsTable: string;
  readonly auditTable: string;
  readonly clock?: Clock;
}

export interface DynamoStores {
  readonly ledger: Ledger;
  readonly audit: AuditLog;
  readonly keys: KeyStore;
  readonly conversations: ConversationStore;
}

export function openDynamoStores(options: DynamoStoresOptions): DynamoStores {
  const { client, ledgerTable, recordsTable, auditTable, clock = systemClock } = options;
  const caller = new DynamoCaller(client);
  return {
    ledger: new DynamoLedger(caller, ledgerTable, clock),
    audit: new DynamoAuditLog(caller, auditTable),
    keys: new DynamoKeyStore(caller, recordsTable),
    conversations: new DynamoConversationStore(caller, recordsTable),
  };
}

/** The audit log alone, for who needs no other table. */
export function openDynamoAudit(options: Pick<DynamoStoresOptions, 'client' | 'auditTable'>): AuditLog {
  return new DynamoAuditLog(new DynamoCaller(options.client), options.auditTable);
}
