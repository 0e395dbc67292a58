import { createHash, randomUUID } from 'node:crypto';
import { PlatformError, type AuditRecord, type Identity, type OfflinePolicy } from '@plinth/contracts';
import { keepsData, parseChatRequest, refusalError, worstCaseOf, type Router } from '@plinth/gateway';
import type { Amount, AuditLog, Clock } from '@plinth/stores';
import type { NewOutboxItem, Outbox, OutboxItem, OutboxPage } from '@plinth/stores/site';

export interface SiteOutboxOptions {
  readonly outbox: Outbox;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly router: Pick<Router, 'resolve'>;
  readonly policy: OfflinePolicy;
  readonly clock: Clock;
  /** Carries out what is kept: told of what came, and asked to let go of what is not wanted any more. */
  readonly delivery: {
    wake(): void;
    isUnderWay(id: string): boolean;
    /** Ends a call under way and holds the item back until `done`. What the call came to. */
    letGo(id: string): Promise<{ readonly used: Amount; done(): void }>;
  };
}

export interface OutboxCall {
  readonly requestId: string;
  readonly identity: Identity;
  readonly body: Uint8Array;
  /** Sending again under the same name gives the same item. */
  readonly idempotencyKey: string | undefined;
}

/** An item as its owner sees it. */
export interface ShownItem {
  readonly item: OutboxItem;
  readonly underWay: boolean;
}

const HOUR_MS = 3_600_000;
/** The longest a ledger takes at once; renewed while the item waits. */
export const RESERVED_MS = 7 * 24 * HOUR_MS;
const FULL_RETRY_SECONDS = 300;

/** What callers do with the outbox: leave a request, ask for its answer, take it back. Each sees their own alone. */
export class SiteOutbox {
  readonly #options: SiteOutboxOptions;

  constructor(options: SiteOutboxOptions) {
    this.#options = options;
  }

  /** On disk when it resolves, with its worst case reserved. Every refusal leaves a record. */
  async keep(call: OutboxCall): Promise<ShownItem> {
    const { outbox, audit, delivery } = this.#options;
    const { identity, requestId } = call;
    try {
      const { item, worstCase } = this.#itemOf(call);
      const { tenant, principal, tenantLimits, scopeId, scopeLimits } = identity;
      const scopes = [
        { scope: 'tenant' as const, id: tenant, limits: tenantLimits },
        { scope: 'key' as const, id: scopeId, limits: scopeLimits },
      ];
      const record = { ...this.#record(requestId, 'outbox.kept', item), principal, reservationId: item.id };
      const answer = await outbox.keep(item, {
        reserve: { scopes, worstCase, ttlMs: RESERVED_MS },
        most: this.#options.policy.outboxItems,
        audit: record,
      });
      if (answer.kind === 'mismatch') throw reused();
      if (answer.kind === 'full') throw full();
      if (answer.kind === 'refused') throw refusalError(answer.refusal);
      if (answer.kind === 'known') return await this.get(identity, answer.item.id);
      delivery.wake();
      return { item: answer.item, underWay: false };
    } catch (thrown) {
      const error = PlatformError.from(thrown);
      if (error.code !== 'disk_full' && error.code !== 'storage_failed')
        await audit.append([
          { ...this.#record(requestId, 'outbox.refused', identity), outcome: 'refused', reason: error.code },
        ]);
      throw error;
    }
  }

  async get(identity: Identity, id: string): Promise<ShownItem> {
    const item = await this.#options.outbox.get(identity, id);
    if (item === undefined) throw notFound();
    return this.#shown(item);
  }

  async list(
    identity: Identity,
    page: { limit: number; after?: string | undefined },
  ): Promise<Omit<OutboxPage, 'items'> & { items: ShownItem[] }> {
    const { items, more } = await this.#options.outbox.list(identity, page);
    return { items: items.map((item) => this.#shown(item)), more };
  }

  /** Without effect on what has ended. */
  async cancel(identity: Identity, id: string, requestId: string): Promise<ShownItem> {
    const { outbox, clock, delivery } = this.#options;
    await this.get(identity, id);
    const { used, done } = await delivery.letGo(id);
    try {
      const record = {
        ...this.#record(requestId, 'outbox.cancelled', identity),
        reason: id,
        reservationId: id,
        ...used,
      };
      await outbox.end(id, { status: 'cancelled', used, at: clock.now() }, [{ ...record, outcome: 'cancelled' }]);
    } finally {
      done();
    }
    return this.get(identity, id);
  }

  #itemOf({ identity, body, idempotencyKey }: OutboxCall): { item: NewOutboxItem; worstCase: Amount } {
    const { policy, clock, router } = this.#options;
    const request = parseChatRequest(body);
    const { model } = router.resolve(request.model);
    if (!keepsData(model) && (identity.dataStays === true || request.route?.data === 'local')) throw mustStay(model.id);
    const createdAt = clock.now();
    const item = {
      id: `async_${randomUUID()}`,
      tenant: identity.tenant,
      principal: identity.principal,
      model: model.id,
      createdAt,
      expiresAt: createdAt + policy.outboxHours * HOUR_MS,
      request: JSON.stringify(request),
      identity: JSON.stringify(identity),
      idempotency: idempotencyKey === undefined ? undefined : { key: idempotencyKey, hash: sha256(body) },
    };
    return { item, worstCase: worstCaseOf(request, model).amount };
  }

  #record(
    requestId: string,
    action: string,
    of: { readonly tenant: string; readonly principal: string; readonly model?: string; readonly id?: string },
  ): AuditRecord {
    const { tenant, principal, model, id } = of;
    return {
      at: this.#options.clock.now(),
      requestId,
      action,
      outcome: 'allowed',
      tenant,
      principal,
      model,
      reason: id,
    };
  }

  #shown(item: OutboxItem): ShownItem {
    return { item, underWay: item.status === 'waiting' && this.#options.delivery.isUnderWay(item.id) };
  }
}

const sha256 = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex');

const notFound = () => new PlatformError('not_found', 'There is no such request of yours.', { param: 'id' });

const reused = () =>
  new PlatformError(
    'idempotency_key_reused',
    'Another request was sent under this Idempotency-Key. Use a new one for every request.',
  );

const full = () =>
  new PlatformError('site_offline', 'The link is down, and as much waits for it already as may. Retry later.', {
    retryAfterSeconds: FULL_RETRY_SECONDS,
  });

const mustStay = (model: string) =>
  new PlatformError(
    'permission_denied',
    `This data stays on site, and "${model}" is not there. Use a model of the site: it answers without the link, too.`,
    { param: 'model' },
  );
