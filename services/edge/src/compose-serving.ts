import { createChatApp, serveConsole } from '@plinth/chat';
import type { SiteState } from '@plinth/contracts';
import type { ActiveBundle, BundleStatus, LinkMonitor, ReportSink } from '@plinth/edge';
import type { FrontApp } from '@plinth/front';
import type { Clock } from '@plinth/stores';
import { composePath, type PathParts, type SitePath } from './compose-path.ts';
import { composeSite, type Site } from './compose-site.ts';
import { addOutboxRoutes } from './outbox-routes.ts';
import { siteRules, type SiteRules } from './rules.ts';
import { addSiteRoute } from './site-route.ts';
import { linkAsAllowed, type Standing } from './standing.ts';

export interface ServingParts extends Omit<PathParts, 'rules' | 'standing' | 'link'> {
  readonly standing: Standing;
  readonly link: LinkMonitor;
  readonly sink: ReportSink;
  readonly clock: Clock;
  /** Bytes of the disk to keep free. */
  readonly reserveBytes: number;
  readonly metrics: () => Promise<string>;
  readonly ready: () => Promise<boolean>;
  readonly logError: (error: unknown, requestId: string) => void;
}

/** What serves by one bundle. The next bundle gets another: requests under way end by the rules they began with. */
export interface Serving {
  readonly bundle: ActiveBundle;
  readonly rules: SiteRules;
  readonly path: SitePath;
  readonly site: Site;
  readonly app: FrontApp;
}

export function composeServing(parts: ServingParts, bundle: ActiveBundle): Serving {
  const { environment, stores, standing, link, clock, logError } = parts;
  const rules = siteRules(environment, bundle);
  const allowed = linkAsAllowed(link, standing);
  const path = composePath({ ...parts, rules, link: allowed });
  const { gateway, identify, answering, conversations } = path;
  const site = composeSite({
    stores,
    gateway,
    identify,
    answering,
    policy: rules.offline,
    link: allowed,
    sink: parts.sink,
    state: () => ({ mode: standing.mode, ...reportedBundle(standing.status, clock.now()) }),
    clock,
    disk: { folder: environment.PLINTH_STATE_DIR, reserveBytes: parts.reserveBytes },
    logError,
  });
  const siteRoute = {
    name: environment.PLINTH_SITE,
    identify,
    link,
    outbox: stores.outbox,
    now: clock.now,
    standing,
    catalog: rules.catalog,
  };
  const app = createChatApp({
    gateway,
    identify,
    conversations,
    router: answering.router,
    logError,
    metrics: parts.metrics,
    ready: parts.ready,
    openApi: async () => (await import('./openapi.ts')).openApiDocument(),
    addChat: (routes) => addOutboxRoutes(routes, site),
    addBeside: (routes) => addSiteRoute(routes, siteRoute),
  });
  if (environment.PLINTH_CONSOLE_DIR !== undefined) serveConsole(app, environment.PLINTH_CONSOLE_DIR);
  return { bundle, rules, path, site, app };
}

function reportedBundle({ active }: BundleStatus, now: number): Pick<SiteState, 'bundle'> {
  if (active === undefined) return {};
  const { sequence, issuedAt } = active;
  return { bundle: { sequence, ageSeconds: Math.max(0, Math.round((now - issuedAt) / 1_000)) } };
}
