import type { AuditRecord } from '@plinth/contracts';
import type { EmbeddedSite } from '../embedded/index.ts';
import type { ReserveRequest } from '../ports/ledger.ts';
import type { NewOutboxItem, Outbox, OutboxAnswer, OutboxItem } from '../site/outbox.ts';
import { amount, fresh, keyScope, MIDDAY, tenantScope } from './ledger-harness.ts';
import type { ManualClock } from './manual-clock.ts';

/** What keeps an outbox and cuts reports, with the ledger and the audit log they go with. */
export interface SiteHarness extends EmbeddedSite {
  readonly clock: ManualClock;
}

export const anItem = (more: Partial<NewOutboxItem> = {}): NewOutboxItem => ({
  id: fresh('async'),
  tenant: 'acme',
  principal: 'ann',
  model: 'large',
  createdAt: MIDDAY,
  expiresAt: MIDDAY + 3_600_000,
  request: '{"model":"large"}',
  identity: '{"tenant":"acme"}',
  idempotency: undefined,
  ...more,
});

export const aRecord = (requestId: string, more: Partial<AuditRecord> = {}): AuditRecord => ({
  at: MIDDAY,
  requestId,
  action: 'outbox.kept',
  outcome: 'allowed',
  ...more,
});

type Limits = ReserveRequest['scopes'][number]['limits'];

/** Keeps an item with a worst case of 100 tokens. */
export async function keep(
  outbox: Outbox,
  item: NewOutboxItem,
  { most = 1_000, limits = {} }: { most?: number; limits?: Limits } = {},
): Promise<OutboxAnswer> {
  const scopes = [tenantScope(item.tenant, limits), keyScope('pk_1', {})];
  const reserve = { scopes, worstCase: amount(60, 40, 500), ttlMs: 86_400_000 };
  return outbox.keep(item, { reserve, most, audit: aRecord(item.id) });
}

export function kept(answer: OutboxAnswer): OutboxItem {
  if (answer.kind !== 'kept') throw new Error(`it is ${answer.kind}`);
  return answer.item;
}
