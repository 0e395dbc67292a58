import { grantReadUnder, s3Uri, type EdgeVariables, type Statement, type WorkQueue } from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import { catalogJson } from './catalog.ts';
import { grantWeights, type Ground, type HeavyModels, type Supply } from './centre.ts';
import type { EdgeConfig } from './config.ts';
import type { Site } from './site-config.ts';

/** The centre, as a site sees it. */
export interface Centre {
  readonly config: EdgeConfig;
  readonly ground: Ground;
  readonly supply: Supply;
  readonly heavy: HeavyModels;
  /** Queue that takes this site's reports. */
  readonly queue: WorkQueue;
}

/** A site that was deployed: where it answers, and what else there is to watch of it. */
export interface DeployedSite {
  /** Inside the site's network. */
  readonly url: pulumi.Output<string>;
  readonly service?: { readonly clusterName: pulumi.Output<string>; readonly serviceName: pulumi.Output<string> };
}

/** What a site may do in AWS: fetch what is its own, call the approved models guarded, and report in its own name. */
export function siteStatements({ name, model }: Site, { ground, supply, heavy, queue }: Centre): Statement[] {
  return [
    ...grantReadUnder(ground.placement, { bucketName: supply.bundles.bucketName, prefix: `sites/${name}/` }),
    ...grantWeights(ground, supply, model.name),
    ...heavy.guardrail.grantApply(),
    ...heavy.models.flatMap(({ profile }) => profile.grantInvoke({ guardrail: heavy.guardrail })),
    ...queue.grantSend(),
  ];
}

/** What the gateway of a site is told at its start, whatever it runs on. */
export function siteVariables(site: Site, centre: Centre, modelUrl: pulumi.Input<string>): EdgeVariables {
  const { config, ground, supply, heavy, queue } = centre;
  return {
    PLINTH_CATALOG: catalogJson(site, modelUrl, heavy.models, heavy.guardrail),
    // Answers of the site's own model pass the same guardrail while the link is there; the local guard is always asked.
    PLINTH_GUARDRAIL: pulumi.jsonStringify({ id: heavy.guardrail.guardrailId, version: heavy.guardrail.version }),
    PLINTH_DEFAULT_LIMITS: JSON.stringify(config.tenantLimits),
    PLINTH_SITE: site.name,
    PLINTH_BUNDLES: s3Uri({ bucketName: supply.bundles.bucketName, prefix: `sites/${site.name}/` }),
    PLINTH_BUNDLE_KEY: supply.signing.publicKeyPem,
    PLINTH_SYNC_QUEUE: queue.url,
    PLINTH_OFFLINE: JSON.stringify(site.offline),
    AWS_REGION: ground.placement.region,
  };
}
