import { resolve } from 'node:path';
import { IngestLambdaEnvironment, RagLambdaEnvironment } from '@plinth/contracts';
import {
  grantKeyThrough,
  grantReadUnder,
  GROUPS_ATTRIBUTE,
  ServiceFunction,
  type AuditTable,
  type CognitoUserPool,
  type Guardrail,
  type LedgerTable,
  type Placement,
  type PrivateBucket,
  type RecordsTable,
  type WorkQueue,
} from '@plinth/infra';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { EnterpriseRagConfig } from './config.ts';
import { DOCUMENTS, INGEST_SECONDS } from './documents.ts';
import type { Generator } from './generator/generator.ts';
import type { ClosedNetwork } from './network.ts';
import type { Retriever } from './retriever/retriever.ts';

/** What both functions pass through. */
export interface ServiceParts {
  readonly placement: Placement;
  readonly dataKeyArn: pulumi.Output<string>;
  readonly closed: ClosedNetwork;
  readonly documents: PrivateBucket;
  readonly retriever: Retriever;
  readonly audit: AuditTable;
  /** What makes the index that both count on. */
  readonly migrations: readonly pulumi.Resource[];
}

/** The function that answers: its environment as its contract asks, and the right to touch exactly the parts named. */
export function queryService(
  config: EnterpriseRagConfig,
  parts: ServiceParts & {
    readonly people: CognitoUserPool;
    readonly ledger: LedgerTable;
    readonly records: RecordsTable;
    readonly guardrail: Guardrail;
    readonly generator: Generator;
  },
  opts: pulumi.ComponentResourceOptions,
): ServiceFunction<typeof RagLambdaEnvironment> {
  const { people, ledger, records, audit, guardrail, generator, retriever, closed } = parts;
  return new ServiceFunction(
    'query',
    {
      description: 'Answers from private documents, governed and streamed.',
      bundle: resolve(import.meta.dirname, '../..', config.bundles.query),
      contract: RagLambdaEnvironment,
      environment: {
        PLINTH_CATALOG: pulumi.jsonStringify([{ ...config.generator, target: generator.target }]),
        PLINTH_INDEX: retriever.asked,
        PLINTH_RERANKER: retriever.reranker,
        PLINTH_MONITOR_USER: retriever.monitor,
        PLINTH_DOCUMENTS: whereDocumentsLie(parts),
        PLINTH_GUARDRAIL: pulumi.jsonStringify({ id: guardrail.guardrailId, version: guardrail.version }),
        PLINTH_UNSUPPORTED: config.unsupported,
        PLINTH_DEFAULT_LIMITS: JSON.stringify(config.tenantLimits),
        PLINTH_OIDC_ISSUER: people.issuer,
        PLINTH_OIDC_AUDIENCE: people.clientId,
        PLINTH_GROUPS_CLAIM: config.signIn.kind === 'oidc' ? GROUPS_ATTRIBUTE : 'cognito:groups',
        PLINTH_LEDGER_TABLE: ledger.tableName,
        PLINTH_RECORDS_TABLE: records.tableName,
        PLINTH_AUDIT_TABLE: audit.tableName,
      },
      ...common('query', config, parts),
      after: parts.migrations,
      reservedConcurrency: config.query.reservedConcurrency,
      memoryMb: config.query.memoryMb,
      network: { subnetIds: closed.network.subnetIds, securityGroupIds: [closed.query.securityGroupId] },
      statements: [
        ledger.grantReadWrite(),
        records.grantReadWrite(),
        audit.grantAppend(),
        ...guardrail.grantApply(),
        ...generator.statements,
        ...retriever.askStatements,
        ...readDocuments(parts),
      ],
    },
    opts,
  );
}

/** The function that keeps the index as the bucket is. The queue feeds it, and takes back what it fails on, message by message. */
export function ingestService(
  config: EnterpriseRagConfig,
  parts: ServiceParts & { readonly changes: WorkQueue },
  opts: pulumi.ComponentResourceOptions,
): ServiceFunction<typeof IngestLambdaEnvironment> {
  const { audit, retriever, changes, closed } = parts;
  const { concurrency, memoryMb } = config.ingest;
  const ingest = new ServiceFunction(
    'ingest',
    {
      description: 'Reads documents, cuts and embeds them, and keeps the index.',
      bundle: resolve(import.meta.dirname, '../..', config.bundles.ingest),
      contract: IngestLambdaEnvironment,
      environment: {
        PLINTH_DOCUMENTS: whereDocumentsLie(parts),
        PLINTH_INDEX: retriever.written,
        PLINTH_AUDIT_TABLE: audit.tableName,
      },
      ...common('ingest', config, parts),
      after: parts.migrations,
      reservedConcurrency: concurrency,
      memoryMb,
      timeoutSeconds: INGEST_SECONDS,
      network: { subnetIds: closed.network.subnetIds, securityGroupIds: [closed.ingest.securityGroupId] },
      statements: [
        audit.grantAppend(),
        ...changes.grantConsume(),
        ...retriever.writeStatements,
        ...readDocuments(parts),
      ],
    },
    opts,
  );
  new aws.lambda.EventSourceMapping(
    'ingest',
    {
      eventSourceArn: changes.arn,
      functionName: ingest.functionName,
      batchSize: 5,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: concurrency },
    },
    opts,
  );
  return ingest;
}

/** What is alike of every function. */
export function common(name: string, config: EnterpriseRagConfig, { dataKeyArn }: Pick<ServiceParts, 'dataKeyArn'>) {
  return {
    handler: 'index.handler',
    environmentKeyArn: dataKeyArn,
    logGroupName: `/plinth/${pulumi.getStack()}/rag-${name}`,
    logKeyArn: dataKeyArn,
    logRetentionDays: config.logRetentionDays,
  };
}

function whereDocumentsLie({ documents }: ServiceParts) {
  return pulumi.jsonStringify({ bucket: documents.bucketName, prefix: DOCUMENTS });
}

function readDocuments({ placement, dataKeyArn, documents }: ServiceParts) {
  return [
    ...grantReadUnder(placement, { bucketName: documents.bucketName, prefix: DOCUMENTS }),
    grantKeyThrough(dataKeyArn, placement, 's3', 'dynamodb'),
  ];
}
