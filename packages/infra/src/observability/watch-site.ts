import { EDGE_NAMESPACE, SITE_METRICS } from '@plinth/contracts';
import { metricsOf, type Watch } from './watch.ts';

/** One edge site, as the centre hears of it: whether it speaks at all, what waits there, and how old its bundle is. */
export function watchSite(site: {
  readonly name: string;
  /** Minutes without a word after which somebody should look. @default 30 */
  readonly silentMinutes?: number;
  /** Seconds the oldest request may have waited on site. @default 14400 */
  readonly outboxSeconds?: number;
  /** Seconds since the active bundle was signed. */
  readonly bundleSeconds: number;
}): Watch {
  const metric = metricsOf(EDGE_NAMESPACE, { Site: site.name });
  const words = metric(SITE_METRICS.heartbeats, 'Sum', 'heartbeats');
  const waiting = metric(SITE_METRICS.outboxAge, 'Maximum', 'oldest waiting, s');
  const bundle = metric(SITE_METRICS.bundleAge, 'Maximum', 'age of the bundle, s');
  const refused = metric(SITE_METRICS.refused, 'Sum', 'refused');
  const label = `site-${site.name}`;
  return {
    alarms: {
      [`${label}-silent`]: {
        description: `Site ${site.name} does not report. See its link; it goes on alone, as its offline policy says.`,
        metrics: [words],
        periodSeconds: 300,
        periods: Math.max(1, Math.ceil((site.silentMinutes ?? 30) / 5)),
        threshold: 1,
        side: 'below',
        silence: 'trouble',
      },
      [`${label}-refused`]: {
        description: `Reports of site ${site.name} do not follow what it told before: altered, or from a copy of its volume. See the log of the sync function.`,
        metrics: [refused],
        periodSeconds: 300,
        threshold: 0,
      },
      [`${label}-outbox`]: {
        description: `Requests wait long at site ${site.name}. See whether Bedrock answers it, then its link.`,
        metrics: [waiting],
        periodSeconds: 300,
        threshold: site.outboxSeconds ?? 14_400,
      },
      [`${label}-bundle`]: {
        description: `Site ${site.name} runs on an old bundle. See why it refuses newer ones, or publish one.`,
        metrics: [bundle],
        periodSeconds: 300,
        threshold: site.bundleSeconds,
      },
    },
    graphs: [
      { title: `Site ${site.name}: reports`, lines: [words, refused] },
      { title: `Site ${site.name}: what waits, and the bundle`, lines: [waiting, bundle] },
    ],
  };
}

/** The link of an Outpost to its Region, as AWS sees it (Outposts user guide, "CloudWatch metrics": 1 is connected). */
export function watchOutpost(outpost: { readonly outpostId: string; readonly label: string }): Watch {
  const connected = metricsOf('AWS/Outposts', { OutpostId: outpost.outpostId })(
    'ConnectedStatus',
    'Average',
    'connected',
  );
  return {
    alarms: {
      [`${outpost.label}-link`]: {
        description: `The Outpost of ${outpost.label} has lost its Region. See its service link with the site's network.`,
        metrics: [connected],
        periodSeconds: 300,
        periods: 2,
        threshold: 1,
        side: 'below',
      },
    },
    graphs: [{ title: `Link of the Outpost of ${outpost.label}`, lines: [connected] }],
  };
}
