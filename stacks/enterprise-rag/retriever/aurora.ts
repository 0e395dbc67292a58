import { rerankingModel, VectorDatabase, watchDatabase } from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import type { EnterpriseRagConfig } from '../config.ts';
import type { AuroraRetriever } from '../settings/retriever.ts';
import { embeddingOf } from './embedding.ts';
import type { Retriever, RetrieverParts } from './retriever.ts';

/** Database users that migrations make. All are held to row-level security, and none owns a table; the monitor reads no text. */
const READER = 'rag_reader';
const WRITER = 'rag_writer';
const MONITOR = 'rag_monitor';

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
      logRetentionDays: config.logRetentionDays,
    },
    opts,
  );
  const referenceOf = (user: string) => {
    const { endpoint: host, port, databaseName } = database;
    return { host, port, database: databaseName, user };
  };
  const as = (user: string) =>
    pulumi.jsonStringify({ kind: 'aurora', database: referenceOf(user), embedding: embedding.target });
  const reranker = settings.reranker === undefined ? undefined : rerankingModel(placement, settings.reranker);
  return {
    asked: as(READER),
    written: as(WRITER),
    reranker: reranker && JSON.stringify({ kind: 'bedrock', modelArn: reranker.modelArn }),
    monitor: MONITOR,
    askStatements: [
      database.grantConnect(READER),
      { ...database.grantConnect(MONITOR), Sid: 'ConnectAsMonitor' },
      ...embedding.statements,
      ...(reranker?.statements ?? []),
    ],
    writeStatements: [database.grantConnect(WRITER), ...embedding.statements],
    watches: [...embedding.watches, watchDatabase({ clusterIdentifier: database.clusterName, label: 'index' })],
    database: {
      arn: database.arn,
      masterSecretArn: database.masterSecretArn,
      owner: {
        environment: {
          PLINTH_DATABASE: pulumi.jsonStringify(referenceOf(database.masterUsername)),
          PLINTH_DATABASE_SECRET: database.masterSecretArn,
          PLINTH_EMBEDDING: pulumi.jsonStringify(embedding.target),
        },
        statements: database.grantMaster(),
        after: database,
      },
    },
    knowledgeBaseId: null,
  };
}
