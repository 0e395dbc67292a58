import {
  Alarms,
  Budget,
  Dashboard,
  watchBedrock,
  watchContainers,
  watchFunction,
  watchGuardrail,
  watchOutpost,
  watchQueue,
  watchSite,
  type Watch,
} from '@plinth/infra';
import type * as pulumi from '@pulumi/pulumi';
import type { HeavyModels } from './centre.ts';
import type { EdgeConfig } from './config.ts';
import type { Reports } from './reports.ts';
import type { Site } from './site-config.ts';
import type { DeployedSite } from './site.ts';

export interface Watched {
  readonly alertTopicArn: pulumi.Output<string>;
  readonly heavy: HeavyModels;
  readonly reports: Reports;
  readonly sites: ReadonlyMap<string, DeployedSite>;
}

const HOUR = 3_600;

/** Who watches: sites first, then what they lean on. */
export function watching(config: EdgeConfig, watched: Watched, opts: pulumi.ComponentResourceOptions): Dashboard {
  const { alertTopicArn, heavy, reports } = watched;
  const watches = [
    ...config.sites.flatMap((site) => ofSite(site, watched)),
    watchFunction({ functionName: reports.sync.functionName, label: 'sync' }),
    watchBedrock({ tokensPerHour: config.alarmTokensPerHour }),
    watchGuardrail({ arn: heavy.guardrail.arn, version: heavy.guardrail.version }),
  ];
  const alarms = new Alarms('edge', { topicArn: alertTopicArn, watches }, opts);
  new Budget('edge', { monthlyUsd: config.monthlyBudgetUsd, topicArn: alertTopicArn, stack: 'edge-outposts' }, opts);
  return new Dashboard('edge', { region: config.region, watches, alarmArns: alarms.arns }, opts);
}

function ofSite(site: Site, { reports, sites }: Watched): Watch[] {
  const queue = reports.queues.get(site.name);
  const service = sites.get(site.name)?.service;
  return [
    watchSite({
      name: site.name,
      silentMinutes: site.silentMinutes,
      // Half of what may wait on site at all, and half the age that restricts it: time to act.
      outboxSeconds: (site.offline.outboxHours * HOUR) / 2,
      bundleSeconds: (site.offline.staleHours * HOUR) / 2,
    }),
    ...('outpostArn' in site
      ? [watchOutpost({ outpostId: site.outpostArn.slice(site.outpostArn.lastIndexOf('/') + 1), label: site.name })]
      : []),
    ...(service ? [watchContainers({ kind: 'ecs', ...service, label: `site-${site.name}` })] : []),
    ...(queue
      ? [
          watchQueue({
            label: `reports-${site.name}`,
            queueName: queue.queueName,
            deadLetterName: queue.deadLetterName,
          }),
        ]
      : []),
  ];
}
