import type { PlatformError } from '@plinth/contracts';
import { type OfflinePolicy, type SiteState } from '@plinth/contracts';
import {
  createDeliver,
  createSiteChat,
  Delivery,
  DiskReserve,
  freeBytes,
  OutboxUpkeep,
  Reporter,
  SiteOutbox,
  type DeliveryOptions,
  type LinkState,
  type ReportSink,
  type ReporterOptions,
} from '@plinth/edge';
import type { ChatGateway, Identify, ReservedAnswerOptions } from '@plinth/gateway';
import type { Clock } from '@plinth/stores';
import type { EmbeddedSite } from '@plinth/stores/embedded';
import type { OutboxRoutes } from './outbox-routes.ts';

export interface SiteParts {
  readonly stores: EmbeddedSite;
  readonly gateway: ChatGateway;
  readonly identify: Identify;
  /** What answers requests that waited: the parts of the gateway. */
  readonly answering: Omit<ReservedAnswerOptions, 'audit'>;
  readonly policy: OfflinePolicy;
  readonly link: LinkState;
  readonly sink: ReportSink;
  /** How the site is, beside its outbox. */
  readonly state: () => Omit<SiteState, 'at' | 'outbox'>;
  readonly clock: Clock;
  /** Where the stores are, and bytes to keep free there. */
  readonly disk: { readonly folder: string; readonly reserveBytes: number };
  readonly logError: (error: unknown, requestId: string) => void;
  readonly delivery?: Pick<DeliveryOptions, 'pace' | 'retry'>;
  readonly reporting?: Pick<ReporterOptions, 'everyMs' | 'stateEveryMs' | 'retry'>;
}

export interface Site extends OutboxRoutes {
  /** Begins to deliver and to report. */
  start(): void;
  /** Lets calls under way end for a while; what does not is begun again by the next start. */
  stop(): Promise<void>;
}

const GRACE_MS = 5_000;

/** What a gateway needs to be a site: an outbox, its delivery, and reports. */
export function composeSite(parts: SiteParts): Site {
  const { stores, policy, link, clock, logError, identify, answering } = parts;
  const { outbox: store, audit, reports } = stores;
  const failed = (where: string) => (error: PlatformError) => logError(error, where);
  const delivery = new Delivery({
    ...parts.delivery,
    outbox: store,
    deliver: createDeliver(answering),
    link,
    onError: (error, id) => logError(error, id ?? 'outbox'),
  });
  const { router } = answering;
  const outbox = new SiteOutbox({ outbox: store, audit, router, policy, clock, delivery });
  const isUnderWay = (id: string) => delivery.isUnderWay(id);
  const upkeep = new OutboxUpkeep({ outbox: store, clock, isUnderWay, onError: failed('outbox') });
  const reporter = new Reporter({
    ...parts.reporting,
    journal: reports,
    sink: parts.sink,
    state: async () => {
      const { items, oldestAt } = await store.depth();
      const at = clock.now();
      const oldestSeconds = oldestAt === undefined ? 0 : Math.max(0, Math.round((at - oldestAt) / 1_000));
      return { at, outbox: { items, oldestSeconds }, ...parts.state() };
    },
    onError: failed('reports'),
  });
  const free = async () => (await freeBytes(parts.disk.folder)) + (await stores.spareBytes());
  return {
    identify,
    chat: createSiteChat({ gateway: parts.gateway, identify, router, outbox, link, policy }),
    outbox,
    disk: new DiskReserve({ free, reserveBytes: parts.disk.reserveBytes }),
    start() {
      delivery.start();
      upkeep.start();
      reporter.start();
    },
    async stop() {
      await delivery.stop({ graceMs: GRACE_MS });
      await Promise.all([upkeep.stop(), reporter.stop()]);
    },
  };
}
