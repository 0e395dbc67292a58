import { PlatformStack, placementIn, readFoundation, readStackConfig, StackError } from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import { heavyModels, supply, type Ground } from './centre.ts';
import { EdgeConfig } from './config.ts';
import { instanceSite } from './instance-site.ts';
import { kubernetesSite } from './kubernetes-site.ts';
import { reports } from './reports.ts';
import type { Site } from './site-config.ts';
import type { DeployedSite } from './site.ts';
import { watching } from './watching.ts';

// As a site comes up and works: it checks a bundle, answers by its own model, hands heavy requests to Bedrock, and reports; last, who
// watches. The centre's parts come before the sites that name them.
const config = readStackConfig(EdgeConfig);
const placement = placementIn(config.region);
const { dataKeyArn, alertTopicArn } = await readFoundation(config.foundation);
const stack = new PlatformStack('edge-outposts', config.tags);
const below = { parent: stack };
const ground: Ground = { placement, dataKeyArn, disposable: config.tags.environment === 'dev' };

// 1. What a site trusts and fetches: signed bundles, weights, images, and the authority of its certificate.
const supplies = supply(config, ground, below);

// 2. What answers requests too heavy for a site: profiles over Regions, with a pinned guardrail.
const heavy = heavyModels(config, ground, below);

// 3. Where sites report: a queue each, and one function that takes every item in once.
const reported = reports(config, ground, below);

// 4. The sites: gateway, small model, and a role that fetches, calls and reports for this site alone.
const sites = new Map(config.sites.map((site) => [site.name, deployed(site)] as const));

// 5. Who watches: silent sites, old bundles, full outboxes, tokens and money.
const dashboard = watching(config, { alertTopicArn, heavy, reports: reported, sites }, below);

function deployed(site: Site): DeployedSite {
  const queue = reported.queues.get(site.name);
  if (queue === undefined) throw new StackError(`Site ${site.name} has no queue to report to.`);
  const centre = { config, ground, supply: supplies, heavy, queue };
  switch (site.kind) {
    case 'kubernetes':
    case 'outposts-eks':
      return kubernetesSite(site, centre, below);
    case 'local-zone':
    case 'outposts-ecs':
      return instanceSite(site, centre, below);
  }
}

export const siteUrls = Object.fromEntries([...sites].map(([name, { url }]) => [name, url]));
export const bundleBucket = supplies.bundles.bucketName;
export const weightsBucket = supplies.weights.bucketName;
export const bundleSigningKeyArn = supplies.signing.arn;
export const bundlePublicKey = supplies.signing.publicKeyPem;
export const bundlePublisherPolicyArn = supplies.publisherPolicyArn;
export const imageRepositories = {
  edge: supplies.repositories.edge.url,
  vllm: supplies.repositories.vllm.url,
};
export const trustAnchorArn = supplies.anchor?.arn ?? null;
export const reportQueues = Object.fromEntries([...reported.queues].map(([name, { url }]) => [name, url]));
export const ledgerTable = reported.ledger.tableName;
export const recordsTable = reported.records.tableName;
export const auditTable = reported.audit.tableName;
export const guardrailId = heavy.guardrail.guardrailId;
export const guardrailVersion = heavy.guardrail.version;
export const dashboardUrl = dashboard.url;
/** What console and CLI list sites by. */
export const siteKinds = pulumi.output(Object.fromEntries(config.sites.map(({ name, kind }) => [name, kind])));
