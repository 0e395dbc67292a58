import { GuardPolicy, type AuditRecord } from '@plinth/contracts';
import { aModel, MemoryAudit, ScriptedModel } from '@plinth/gateway/testing';
import type { ConversationStore, KeyStore, Ledger } from '@plinth/stores';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { composeChat, type CommonEnvironment } from './compose.ts';

const environment: CommonEnvironment = {
  PLINTH_CATALOG: [aModel()],
  PLINTH_GUARD_POLICY: GuardPolicy.parse({}),
  PLINTH_DEFAULT_LIMITS: {},
  PLINTH_REQUEST_TIMEOUT_MS: 1_000,
  PLINTH_RESERVATION_TTL_MS: 60_000,
  PLINTH_LOG_LEVEL: 'error',
};

function compose(overrides: Partial<CommonEnvironment>, sweep: Ledger['sweep'] = () => Promise.resolve([])) {
  const audit = new MemoryAudit();
  const errors: unknown[] = [];
  const platform = composeChat({
    environment: { ...environment, ...overrides },
    ledger: { sweep } as Ledger,
    audit,
    keys: {} as KeyStore,
    conversations: {} as ConversationStore,
    openModel: () => new ScriptedModel([]),
    observe: () => undefined,
    logError: (error) => errors.push(error),
  });
  return { platform, audit, errors };
}

describe('composing a front', () => {
  it('refuses an issuer without an audience, which would take tokens meant for others', () =>
    expect(() => compose({ PLINTH_OIDC_ISSUER: 'https://issuer.example' })).toThrow(/PLINTH_OIDC_AUDIENCE/));

  it('takes no tokens at all where there is no issuer', async () =>
    expect(compose({}).platform.identify('Bearer a.b.c')).rejects.toMatchObject({ code: 'invalid_api_key' }));
});

describe('reservations whose holder was lost', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const charged = { inputTokens: 5, outputTokens: 6, nanoUsd: 7 };
  const lost = { id: 'r1', tenant: 'acme', keyId: 'k', charged, expired: true };

  it('are audited with what they were charged', async () => {
    const { platform, audit } = compose({}, () => Promise.resolve([lost]));
    platform.admission.start();
    await vi.advanceTimersByTimeAsync(20_000);
    platform.admission.stop();
    expect(audit.records).toMatchObject([
      { action: 'reservation.expired', outcome: 'expired', tenant: 'acme', reservationId: 'r1', ...charged },
    ] satisfies Partial<AuditRecord>[]);
  });

  it('whose record cannot be written are logged', async () => {
    const { platform, audit, errors } = compose({}, () => Promise.resolve([lost]));
    audit.fail = new Error('Full.');
    platform.admission.start();
    await vi.advanceTimersByTimeAsync(20_000);
    platform.admission.stop();
    expect(errors).toEqual([audit.fail]);
  });
});
