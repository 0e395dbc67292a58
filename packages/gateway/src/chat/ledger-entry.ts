import type { AuditRecord, AuditRoute, CatalogModel, Identity, ModelPrice, PlatformError } from '@plinth/contracts';
import type { ModelRoute, ModelUsage } from '@plinth/models';
import type { Amount, AuditLog, Clock } from '@plinth/stores';
import { addAmounts, NOTHING, priceOf } from '../admission/price.ts';
import type { Ticket } from '../admission/admission.ts';
import type { GroundingOutcome } from '../grounding/grounding.ts';
import type { GuardFinding } from '../guard/guard.ts';
import type { Observe, RequestSummary } from '../observer.ts';

export interface LedgerEntryOptions {
  readonly requestId: string;
  readonly clock: Clock;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly observe: Observe;
}

/**
 * What is known of one request so far, and the one place where it is closed: settled, audited and counted, once, on whichever way out it
 * takes. What a caller is told afterwards is on disk by then.
 */
export class LedgerEntry {
  readonly #options: LedgerEntryOptions;
  readonly #startedAt: number;
  #closed: Promise<void> | undefined;
  identity: Identity | undefined;
  model: CatalogModel | undefined;
  ticket: Ticket | undefined;
  stream = false;
  leftOut = 0;
  findings: readonly GuardFinding[] = [];
  usageEstimated = false;
  grounding: GroundingOutcome | undefined;
  /** Of a model with pools: the way of the answer. */
  route: ModelRoute | undefined;
  #used: Amount = NOTHING;
  #firstTokenAt: number | undefined;

  constructor(options: LedgerEntryOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
  }

  get used(): Amount {
    return this.#used;
  }

  /** What the answer's tokens cost: where it comes from, which is never more than its model. */
  get price(): ModelPrice {
    return this.route?.price ?? this.model!.price;
  }

  /** Whether the model may have read the prompt: a request that left while it waited for a place was read by nobody. */
  get wasAsked(): boolean {
    return this.route === undefined || this.route.pool !== undefined || this.route.attempts.length > 0;
  }

  /** Adds a use of the model: the answer's, or a summary's before it. */
  addUsage(usage: ModelUsage, price: ModelPrice): void {
    this.#used = addAmounts(this.#used, priceOf(usage, price));
  }

  /** Adds a use that nobody reported: likely numbers, and never more than is left of what was reserved for the request. */
  addEstimate(usage: ModelUsage, price: ModelPrice): void {
    const reserved = this.ticket?.reservation.worstCase ?? addAmounts(this.#used, priceOf(usage, price));
    const inputTokens = Math.min(usage.inputTokens, Math.max(0, reserved.inputTokens - this.#used.inputTokens));
    const outputTokens = Math.min(usage.outputTokens, Math.max(0, reserved.outputTokens - this.#used.outputTokens));
    this.usageEstimated = true;
    this.addUsage({ inputTokens, outputTokens }, price);
  }

  addFindings(findings: readonly GuardFinding[]): void {
    if (findings.length > 0) this.findings = [...this.findings, ...findings];
  }

  markFirstToken(): void {
    this.#firstTokenAt ??= this.#options.clock.now();
  }

  /** @param reason The finish reason or error code that ends the request. */
  close(outcome: RequestSummary['outcome'], reason: string, error?: PlatformError): Promise<void> {
    this.#closed ??= this.#close(outcome, reason, error);
    return this.#closed;
  }

  async #close(outcome: RequestSummary['outcome'], reason: string, error?: PlatformError): Promise<void> {
    const summary = this.#summarize(outcome, reason, error);
    this.#options.observe(summary);
    const settled = this.ticket?.settle(this.#used);
    // A caller nobody could identify leaves no audit record: anyone could fill the log with them. The metrics still count it.
    const audited =
      this.identity === undefined ? undefined : this.#options.audit.append([this.#auditRecord(summary, reason)]);
    await Promise.all([settled, audited]);
  }

  #summarize(outcome: RequestSummary['outcome'], reason: string, error?: PlatformError): RequestSummary {
    const now = this.#options.clock.now();
    return {
      requestId: this.#options.requestId,
      outcome,
      ...(error === undefined ? { finish: reason } : { error: error.code }),
      tenant: this.identity?.tenant,
      model: this.model?.id,
      stream: this.stream,
      inputTokens: this.#used.inputTokens,
      outputTokens: this.#used.outputTokens,
      nanoUsd: this.#used.nanoUsd,
      durationMs: now - this.#startedAt,
      ttftMs: this.#firstTokenAt === undefined ? undefined : this.#firstTokenAt - this.#startedAt,
      guard: this.findings,
      ...(this.grounding === undefined ? {} : { grounding: this.grounding }),
      ...(this.route === undefined ? {} : { route: auditRoute(this.route) }),
    };
  }

  #auditRecord(summary: RequestSummary, reason: string): AuditRecord {
    return {
      at: this.#startedAt,
      requestId: summary.requestId,
      action: 'chat.completion',
      outcome: summary.outcome,
      tenant: summary.tenant,
      principal: this.identity?.principal,
      model: summary.model,
      reason,
      reservationId: this.ticket?.reservation.id,
      inputTokens: summary.inputTokens,
      outputTokens: summary.outputTokens,
      nanoUsd: summary.nanoUsd,
      ...(this.usageEstimated ? { usageEstimated: true } : {}),
      ...(this.findings.length > 0 ? { guard: [...this.findings] } : {}),
      ...(this.leftOut > 0 ? { truncatedMessages: this.leftOut } : {}),
      ...this.grounding,
      ...(summary.route === undefined ? {} : { route: summary.route }),
      ttftMs: summary.ttftMs,
      durationMs: summary.durationMs,
    };
  }
}

/** The way itself: what it cost is told in money. */
function auditRoute({ price: _price, ...route }: ModelRoute): AuditRoute {
  return route;
}
