import { PlatformError, type Identity } from '@plinth/contracts';
import { createFrontApp } from '@plinth/front';
import type { Database, DatabaseSession } from '@plinth/retrieval';
import { describe, expect, it } from 'vitest';
import { addMonitorRoutes, type MonitorRoutes } from './monitor-routes.ts';

const identity = (tenant: string): Identity => ({
  tenant,
  principal: 'ann',
  kind: 'api-key',
  scopeId: 'k',
  groups: [],
  tenantLimits: {},
  scopeLimits: {},
  conversations: false,
});

function open(more: Partial<MonitorRoutes> = {}) {
  const sessions: DatabaseSession[] = [];
  const clock = { at: 1_000_000 };
  const database: Database = {
    async transaction(session, work) {
      sessions.push(session);
      return work({ query: async () => [] });
    },
    close: async () => {},
  };
  const app = createFrontApp({ ready: async () => true, logError: () => {} }, (front) =>
    addMonitorRoutes(front, {
      identify: async (context) => identity(context.req.header('x-tenant') ?? 'acme'),
      database,
      now: () => clock.at,
      ...more,
    }),
  );
  const get = (query = '', tenant = 'acme') => app.request(`/v1/monitor${query}`, { headers: { 'x-tenant': tenant } });
  return { get, sessions, clock };
}

describe('GET /v1/monitor', () => {
  it("is of the caller's tenant, whatever the request says", async () => {
    const { get, sessions } = open();
    const response = await get('?present_days=3&reference_days=10&tenant=other');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      object: 'monitor',
      windows: { presentStart: 1_000_000 - 3 * 86_400_000, referenceStart: 1_000_000 - 13 * 86_400_000 },
    });
    expect(sessions).toEqual([{ role: 'rag_monitor', tenant: 'acme' }]);
  });

  it('is made once a minute, for each tenant and window, and told to the gauges', async () => {
    const told: string[] = [];
    const { get, sessions, clock } = open({ observe: (tenant) => void told.push(tenant) });
    await Promise.all([get(), get()]);
    await get('', 'other');
    await get('?present_days=1');
    expect(sessions).toHaveLength(3);
    clock.at += 60_000;
    await get();
    expect(sessions).toHaveLength(4);
    expect(told).toEqual(['acme', 'other', 'acme', 'acme']);
  });

  it('is not kept when it failed', async () => {
    let calls = 0;
    const database: Database = {
      transaction: () => Promise.reject(new PlatformError('storage_failed', `no ${++calls}`)),
      close: async () => {},
    };
    const { get } = open({ database });
    expect((await get()).status).toBe(503);
    expect((await get()).status).toBe(503);
    expect(calls).toBe(2);
  });

  it('may be kept to some', async () => {
    const { get, sessions } = open({ mayMonitor: ({ groups }) => groups.includes('operators') });
    expect((await get()).status).toBe(403);
    expect(sessions).toEqual([]);
  });

  it.each(['?present_days=0', '?reference_days=366', '?present_days=1.5', '?present_days=x'])(
    'refuses %s',
    async (query) => {
      expect((await open().get(query)).status).toBe(400);
    },
  );
});
