import { KnowledgeBase } from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import type { EnterpriseRagConfig } from '../config.ts';
import { DOCUMENTS } from '../documents.ts';
import type { KnowledgeBaseRetriever } from '../settings/retriever.ts';
import type { Retriever, RetrieverParts } from './retriever.ts';

/** Bedrock's index, in S3 Vectors: it reads, cuts and embeds by itself when the ingest function starts a job. */
export function knowledgeBase(
  config: EnterpriseRagConfig,
  settings: KnowledgeBaseRetriever,
  { placement, dataKeyArn, documents }: RetrieverParts,
  opts: pulumi.ComponentResourceOptions,
): Retriever {
  const base = new KnowledgeBase(
    'index',
    {
      placement,
      documents: { bucketName: documents.bucketName, prefix: DOCUMENTS },
      keyArn: dataKeyArn,
      storage: { kind: 's3-vectors', forceDestroy: config.tags.environment === 'dev' },
      embeddingModel: settings.embeddingModel,
      dimensions: settings.dimensions,
      chunking: { kind: 'fixed', tokens: settings.chunkTokens, overlapPercent: 20 },
    },
    opts,
  );
  const index = pulumi.jsonStringify({
    kind: 'knowledge-base',
    knowledgeBaseId: base.knowledgeBaseId,
    dataSourceId: base.dataSourceId,
  });
  return {
    asked: index,
    written: index,
    askStatements: base.grantRetrieve(),
    writeStatements: base.grantIngest(),
    watches: [],
    database: null,
    knowledgeBaseId: base.knowledgeBaseId,
  };
}
