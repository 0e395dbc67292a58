import { PlatformError, type Identity, type MonitorReport } from '@plinth/contracts';
import type { FrontApp, FrontContext } from '@plinth/front';
import type { Database } from '@plinth/retrieval';
import { monitor } from '@plinth/retrieval/monitor';

export interface MonitorRoutes {
  readonly identify: (context: FrontContext) => Promise<Identity>;
  readonly database: Database;
  /** Whoever may see how a tenant's questions change; absent: everybody of the tenant, since it is numbers alone. */
  readonly mayMonitor?: (identity: Identity) => boolean;
  /** Hears each report: for the drift gauges. */
  readonly observe?: (tenant: string, report: MonitorReport) => void;
  readonly now?: () => number;
}

/** How long a report is given again: it compares thousands of vectors. Milliseconds. */
const FRESH_MS = 60_000;
const KEPT = 100;

/** GET /v1/monitor?present_days=7&reference_days=28: drift, groundedness, abstention and feedback of the caller's tenant. */
export function addMonitorRoutes(app: FrontApp, routes: MonitorRoutes): void {
  const { identify, database, mayMonitor = () => true, observe, now = Date.now } = routes;
  const kept = new Map<string, { readonly at: number; readonly report: Promise<MonitorReport> }>();

  app.get('/v1/monitor', async (context) => {
    const identity = await identify(context);
    if (!mayMonitor(identity))
      throw new PlatformError('permission_denied', 'This key may not see the monitor. Ask whoever runs the platform.');
    const { tenant } = identity;
    const windows = {
      presentDays: days(context, 'present_days', 7),
      referenceDays: days(context, 'reference_days', 28),
    };
    const key = JSON.stringify([tenant, windows]);
    const known = kept.get(key);
    if (known !== undefined && now() - known.at < FRESH_MS) return context.json(await known.report);
    // Without the caller's signal: others may be waiting for the same report.
    const report = monitor(database, { tenant, now: now(), ...windows });
    kept.delete(key);
    kept.set(key, { at: now(), report });
    if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
    try {
      const made = await report;
      observe?.(tenant, made);
      return context.json(made);
    } catch (error) {
      kept.delete(key);
      throw error;
    }
  });
}

function days(context: FrontContext, param: string, fallback: number): number {
  const text = context.req.query(param);
  if (text === undefined) return fallback;
  if (!/^\d{1,3}$/.test(text) || Number(text) < 1 || Number(text) > 365)
    throw new PlatformError('invalid_request', `"${param}" is a whole number from 1 to 365.`, { param });
  return Number(text);
}
