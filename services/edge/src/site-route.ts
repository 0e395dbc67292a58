import type { CatalogModel, SiteView } from '@plinth/contracts';
import type { LinkMonitor } from '@plinth/edge';
import { identityOf, type FrontApp } from '@plinth/front';
import { keepsData, type Identify } from '@plinth/gateway';
import type { Outbox } from '@plinth/stores/site';
import type { Standing } from './standing.ts';

export interface SiteRoute {
  readonly name: string;
  readonly identify: Identify;
  readonly link: Pick<LinkMonitor, 'state'>;
  readonly outbox: Pick<Outbox, 'depth'>;
  readonly now: () => number;
  readonly standing: Standing;
  readonly catalog: readonly CatalogModel[];
}

/** GET /v1/site: how the site stands, for whoever has a key of it. */
export function addSiteRoute(app: FrontApp, options: SiteRoute): void {
  app.get('/v1/site', async (context) => {
    await identityOf(context, options.identify);
    return context.json(await siteView(options));
  });
}

async function siteView({ name, link, outbox, now, standing, catalog }: SiteRoute): Promise<SiteView> {
  const { active, proven, rejected, staging, trouble, unconfirmedMs } = standing.status;
  const { online, since } = link.state();
  const { items, oldestAt } = await outbox.depth();
  return {
    object: 'site',
    name,
    mode: standing.mode,
    link: { online, since: seconds(since) },
    bundle:
      active === undefined
        ? null
        : {
            sequence: active.sequence,
            issued_at: seconds(active.issuedAt),
            expires_at: seconds(active.notAfter),
            activated_at: seconds(active.activatedAt),
            proven,
            unconfirmed_seconds: seconds(unconfirmedMs),
            stale: standing.stale,
          },
    staging: staging ?? null,
    rejected: rejected.map(({ sequence, problem, at }) => ({ sequence, problem, at: seconds(at) })),
    trouble: trouble ?? null,
    outbox: { items, oldest_seconds: oldestAt === undefined ? 0 : Math.max(0, seconds(now() - oldestAt)) },
    models: catalog.map((model) => ({ id: model.id, on_site: keepsData(model) })),
  };
}

const seconds = (ms: number): number => Math.floor(ms / 1_000);
