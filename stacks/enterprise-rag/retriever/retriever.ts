import type { MigrateLambdaEnvironment } from '@plinth/contracts';
import type { Placement, PrivateBucket, ServiceEnvironment, Statement, Watch } from '@plinth/infra';
import type * as pulumi from '@pulumi/pulumi';
import type { EnterpriseRagConfig } from '../config.ts';
import type { ClosedNetwork } from '../network.ts';
import { aurora } from './aurora.ts';
import { knowledgeBase } from './knowledge-base.ts';

/** Where passages are kept and found, as the two functions need it. */
export interface Retriever {
  /** `PLINTH_INDEX` of the function that asks, and of the one that writes. */
  readonly asked: pulumi.Output<string>;
  readonly written: pulumi.Output<string>;
  /** `PLINTH_RERANKER` and `PLINTH_MONITOR_USER` of the function that asks, where there are such. */
  readonly reranker?: string;
  readonly monitor?: string;
  readonly askStatements: readonly Statement[];
  readonly writeStatements: readonly Statement[];
  readonly watches: readonly Watch[];
  readonly database: {
    readonly arn: pulumi.Output<string>;
    readonly masterSecretArn: pulumi.Output<string>;
    readonly owner: DatabaseOwner;
  } | null;
  readonly knowledgeBaseId: pulumi.Output<string> | null;
}

/** What migrations need: to sign in as whoever owns the tables, once the database answers. */
export interface DatabaseOwner {
  readonly environment: ServiceEnvironment<typeof MigrateLambdaEnvironment>;
  readonly statements: readonly Statement[];
  readonly after: pulumi.Resource;
}

export interface RetrieverParts {
  readonly placement: Placement;
  readonly dataKeyArn: pulumi.Output<string>;
  readonly alertTopicArn: pulumi.Output<string>;
  readonly closed: ClosedNetwork;
  readonly documents: PrivateBucket;
}

export function retrieverOf(
  config: EnterpriseRagConfig,
  parts: RetrieverParts,
  opts: pulumi.ComponentResourceOptions,
): Retriever {
  const { retriever } = config;
  return retriever.kind === 'aurora'
    ? aurora(config, retriever, parts, opts)
    : knowledgeBase(config, retriever, parts, opts);
}
