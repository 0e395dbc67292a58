import { randomUUID } from 'node:crypto';
import { PlatformError, type Identity } from '@plinth/contracts';
import type { Admission, Guard } from '@plinth/gateway';
import type { Amount, AuditLog, Clock } from '@plinth/stores';

export interface GovernedCallParts {
  readonly admission: Admission;
  readonly audit: AuditLog;
  readonly guard: Guard;
  readonly clock: Clock;
}

export interface GovernedCall {
  readonly requestId: string;
  /** As the audit log names it. */
  readonly action: string;
  readonly identity: Identity;
  /** What the caller wrote. */
  readonly text: string;
  /** What it comes to. */
  readonly amount: Amount;
  readonly signal: AbortSignal;
}

/**
 * The governed path of a call that asks no model to write: admitted against the caller's limits, guarded, settled and audited however it ends. `work`
 * is given the text as the guard left it.
 */
export async function governed<T>(
  { admission, audit, guard, clock }: GovernedCallParts,
  { requestId, action, identity, text, amount, signal }: GovernedCall,
  work: (text: string) => Promise<T>,
): Promise<T> {
  const at = clock.now();
  const { tenant, principal } = identity;
  const record = (outcome: 'allowed' | 'refused' | 'failed', reason?: string) =>
    audit.append([
      { at, requestId, action, outcome, tenant, principal, reason, ...amount, durationMs: clock.now() - at },
    ]);
  const refused = async (error: unknown): Promise<never> => {
    const failure = PlatformError.from(error);
    await record(failure.status < 500 ? 'refused' : 'failed', failure.code);
    throw failure;
  };
  const ticket = await admission.admit(randomUUID(), identity, amount, () => Promise.resolve(undefined)).catch(refused);
  try {
    const checked = await guard.checkInput([{ role: 'user', content: text }], { signal });
    if (checked.blocked) throw new PlatformError('content_blocked', 'The request was blocked by the content policy.');
    const [left] = checked.messages;
    const result = await work(typeof left?.content === 'string' ? left.content : text);
    await Promise.all([ticket.settle(amount), record('allowed')]);
    return result;
  } catch (error) {
    await ticket.settle(amount);
    return refused(error);
  }
}
