import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MigrateLambdaEnvironment } from '@plinth/contracts';
import { ServiceFunction } from '@plinth/infra';
import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { EnterpriseRagConfig } from './config.ts';
import type { DatabaseOwner } from './retriever/retriever.ts';
import { common, type ServiceParts } from './services.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const MIGRATIONS = join(ROOT, 'packages/retrieval/src/database/migrations');

/**
 * The tables and roles of the index. A function made from ingest's bundle signs in as their owner, and is called while the stack is deployed:
 * at the first time, and whenever the migrations are others than at the last. What counts on them waits for the call, which ends the deployment
 * where it fails. Without a schema of ours there is nothing to make.
 */
export function migrated(
  config: EnterpriseRagConfig,
  owner: DatabaseOwner | undefined,
  parts: Pick<ServiceParts, 'dataKeyArn' | 'closed'>,
  opts: pulumi.ComponentResourceOptions,
): readonly pulumi.Resource[] {
  if (owner === undefined) return [];
  const { network, ingest } = parts.closed;
  const migrate = new ServiceFunction(
    'migrate',
    {
      description: "Makes the index's tables and roles, and brings them up to date.",
      bundle: join(ROOT, config.bundles.ingest),
      contract: MigrateLambdaEnvironment,
      environment: owner.environment,
      ...common('migrate', config, parts),
      handler: 'migrate.handler',
      // Two deployments at once take turns in the database; here they would be refused.
      reservedConcurrency: 2,
      memoryMb: 512,
      network: { subnetIds: network.subnetIds, securityGroupIds: [ingest.securityGroupId] },
      statements: owner.statements,
    },
    opts,
  );
  const migrations = hashOf(MIGRATIONS);
  return [
    new aws.lambda.Invocation(
      'migrate',
      { functionName: migrate.functionName, input: JSON.stringify({ migrations }), triggers: { migrations } },
      { ...opts, dependsOn: [owner.after, migrate] },
    ),
  ];
}

/** Of the sources in a folder, tests left out. */
function hashOf(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort())
    if (name.endsWith('.ts') && !name.endsWith('.test.ts'))
      hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}
