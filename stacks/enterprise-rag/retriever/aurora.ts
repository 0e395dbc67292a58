import { VectorDatabase, watchDatabase } from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import type { EnterpriseRagConfig } from '../config.ts';
import type { AuroraRetriever } from '../settings/retriever.ts';
import { embeddingOf } from './embedding.ts';
import type { Retriever, RetrieverParts } from './retriever.ts';

/** Database users that the first migration makes. The reader is held to row-level security; the writer owns no table. */
const READER = 'rag_reader';
const WRITER = 'rag_writer';

/** Our own index: Aurora PostgreSQL with pgvector, which admits the two functions on its port and nobody else. */
export function aurora(
  config: EnterpriseRagConfig,
  settings: AuroraRetriever,
  parts: RetrieverParts,
  opts: pulumi.ComponentResourceOptions,
): Retriever {
  const { placement, dataKeyArn, closed } = parts;
  const embedding = embeddingOf(config, settings.embedding, parts, opts);
  const database = new VectorDatabase(
    'index',
    {
      placement,
      network: closed.network,
      clients: { query: closed.query.securityGroupId, ingest: closed.ingest.securityGroupId },
      keyArn: dataKeyArn,
      clusterName: `plinth-${pulumi.getStack()}-rag`,
      capacity: settings.capacity,
      instances: settings.instances,
      backupDays: settings.backupDays,
      deletionProtection: config.tags.environment !== 'dev',
      // Migrations come in by it, with IAM and the master secret: nobody outside the network can reach the port.
      dataApi: true,
      logRetentionDays: config.logRetentionDays,
    },
    opts,
  );
  const as = (user: string) =>
    pulumi.jsonStringify({
      kind: 'aurora',
      database: { host: database.endpoint, port: database.port, database: database.databaseName, user },
      embedding: embedding.target,
    });
  return {
    asked: as(READER),
    written: as(WRITER),
    askStatements: [database.grantConnect(READER), ...embedding.statements],
    writeStatements: [database.grantConnect(WRITER), ...embedding.statements],
    watches: [...embedding.watches, watchDatabase({ clusterIdentifier: database.clusterName, label: 'index' })],
    database: { arn: database.arn, masterSecretArn: database.masterSecretArn },
    knowledgeBaseId: null,
  };
}
