import { PlatformError, type AuditRecord, type Identity, type OpenAIErrorBody } from '@plinth/contracts';
import { answerReserved, NOTHING, type ReservedAnswerOptions } from '@plinth/gateway';
import type { Amount } from '@plinth/stores';
import type { OutboxEnd, OutboxWork } from '@plinth/stores/site';

/** How an item ended, and the records that say so: to be kept together. */
export interface Delivered {
  readonly end: OutboxEnd;
  readonly audit: readonly AuditRecord[];
}

/** Gets the answer of an item. Throws what trying again may mend. */
export type Deliver = (
  work: OutboxWork,
  options: { readonly signal: AbortSignal; readonly onUsed: (used: Amount) => void },
) => Promise<Delivered>;

/** Over the governed path, in the place that was reserved when the item was kept. */
export function createDeliver(options: Omit<ReservedAnswerOptions, 'audit'>): Deliver {
  return async ({ item, request, identity }, { signal, onUsed }) => {
    const asked = JSON.parse(identity) as Identity;
    const { id, tenant, createdAt: reservedAt, expiresAt } = item;
    const reservation = {
      id,
      tenant,
      keyId: asked.scopeId,
      worstCase: NOTHING,
      reservedAt,
      expiresAt,
      standing: true as const,
    };
    const body = JSON.parse(request) as object;
    // Kept with the answer, not before it: a call that is made again is decided again, and recorded once.
    const audit: AuditRecord[] = [];
    const append = async (records: readonly AuditRecord[]) => void audit.push(...records);
    const call = { requestId: id, identity: asked, reservation, body, signal, onUsed };
    try {
      const answer = await answerReserved({ ...options, audit: { append } }, call);
      const { status, used } = answer;
      const at = options.clock.now();
      if (status === 200)
        return { end: { status: 'completed', response: JSON.stringify(answer.body), used, at }, audit };
      const { code, message } = (answer.body as OpenAIErrorBody).error;
      return { end: { status: 'failed', error: { code, message }, used, at }, audit };
    } catch (thrown) {
      const error = PlatformError.from(thrown);
      if (signal.aborted || mayBeMended(error)) throw error;
      const { code, message } = error;
      return { end: { status: 'failed', error: { code, message }, used: NOTHING, at: options.clock.now() }, audit };
    }
  };
}

/** Credentials that could not be had are settings to a model client, and a link that is down to a site. */
function mayBeMended({ retryable, code }: PlatformError): boolean {
  return retryable || code === 'configuration';
}
