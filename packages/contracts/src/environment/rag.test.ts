import { describe, expect, it } from 'vitest';
import { PlatformError } from '../errors.ts';
import { IngestLambdaEnvironment, MigrateLambdaEnvironment } from './ingest.ts';
import { parseEnvironment } from './parse.ts';
import { RagLambdaEnvironment } from './rag.ts';

const INDEX = {
  kind: 'aurora',
  database: { host: 'db.internal', database: 'plinth', user: 'rag_reader' },
  embedding: { kind: 'bedrock', modelId: 'amazon.titan-embed-text-v2:0', dimensions: 1024 },
};
const MODEL = {
  id: 'qwen3-8b',
  target: { kind: 'sagemaker', endpointName: 'plinth-dev-generator', modelId: 'Qwen/Qwen3-8B' },
  contextTokens: 16_384,
  maxPromptTokens: 12_000,
  maxCompletionTokens: 1_024,
  price: { input: 0, output: 0 },
};
const documents = (prefix: string) => JSON.stringify({ bucket: 'documents', prefix });
const QUERY = {
  PLINTH_CATALOG: JSON.stringify([MODEL]),
  PLINTH_INDEX: JSON.stringify(INDEX),
  PLINTH_DOCUMENTS: documents('documents/'),
  PLINTH_GUARDRAIL: '{"id":"g","version":"3"}',
  PLINTH_OIDC_ISSUER: 'https://cognito-idp.us-east-1.amazonaws.com/pool',
  PLINTH_OIDC_AUDIENCE: 'client',
  PLINTH_LEDGER_TABLE: 'ledger',
  PLINTH_RECORDS_TABLE: 'records',
  PLINTH_AUDIT_TABLE: 'audit',
};
const INGEST = {
  PLINTH_INDEX: JSON.stringify({ kind: 'knowledge-base', knowledgeBaseId: 'kb', dataSourceId: 'source' }),
  PLINTH_DOCUMENTS: documents('documents/'),
  PLINTH_AUDIT_TABLE: 'audit',
};

describe('the environment of the query function', () => {
  it('takes a generator on SageMaker, and would rather abstain than say what nothing supports', () => {
    expect(parseEnvironment(RagLambdaEnvironment, QUERY)).toMatchObject({
      PLINTH_CATALOG: [{ target: { kind: 'sagemaker', endpointName: 'plinth-dev-generator' } }],
      PLINTH_INDEX: { database: { port: 5432, user: 'rag_reader' } },
      PLINTH_UNSUPPORTED: 'abstain',
      PLINTH_GROUPS_CLAIM: 'cognito:groups',
    });
  });

  it('takes a reranker on Bedrock, and does without', () => {
    const modelArn = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.rerank-v1:0';
    const reranker = JSON.stringify({ kind: 'bedrock', modelArn });
    expect(parseEnvironment(RagLambdaEnvironment, QUERY).PLINTH_RERANKER).toBeUndefined();
    expect(parseEnvironment(RagLambdaEnvironment, { ...QUERY, PLINTH_RERANKER: reranker })).toMatchObject({
      PLINTH_RERANKER: { modelArn },
    });
  });

  it.each([
    ['a guardrail', { PLINTH_GUARDRAIL: undefined }, 'PLINTH_GUARDRAIL'],
    ['an issuer', { PLINTH_OIDC_ISSUER: undefined }, 'PLINTH_OIDC_ISSUER'],
    ['an index it knows', { PLINTH_INDEX: '{"kind":"opensearch"}' }, 'PLINTH_INDEX.kind'],
    [
      'a database user that can be named in SQL',
      { PLINTH_INDEX: JSON.stringify({ ...INDEX, database: { ...INDEX.database, user: 'x"; drop' } }) },
      'PLINTH_INDEX.database.user',
    ],
    ['a reranker of AWS', { PLINTH_RERANKER: '{"kind":"bedrock","modelArn":"rerank"}' }, 'PLINTH_RERANKER.modelArn'],
    ['a monitor that can be named in SQL', { PLINTH_MONITOR_USER: 'x"; drop' }, 'PLINTH_MONITOR_USER'],
  ])('is refused without %s', (_, change, names) => {
    expect(() => parseEnvironment(RagLambdaEnvironment, { ...QUERY, ...change })).toThrow(PlatformError);
    expect(() => parseEnvironment(RagLambdaEnvironment, { ...QUERY, ...change })).toThrow(`  ${names}: `);
  });
});

describe('the environment of the migrating function', () => {
  const MIGRATE = {
    PLINTH_DATABASE: JSON.stringify({ ...INDEX.database, user: 'plinth_master' }),
    PLINTH_DATABASE_SECRET: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!cluster',
    PLINTH_EMBEDDING: JSON.stringify(INDEX.embedding),
  };

  it('names the owner and where its password is, and holds no password', () => {
    expect(parseEnvironment(MigrateLambdaEnvironment, MIGRATE)).toMatchObject({
      PLINTH_DATABASE: { user: 'plinth_master', port: 5432 },
      PLINTH_EMBEDDING: { dimensions: 1024 },
    });
    expect(() => parseEnvironment(MigrateLambdaEnvironment, { ...MIGRATE, PLINTH_DATABASE_SECRET: '' })).toThrow(
      /PLINTH_DATABASE_SECRET/,
    );
  });
});

describe('the environment of the ingest function', () => {
  it('bounds documents and chunks by itself', () => {
    expect(parseEnvironment(IngestLambdaEnvironment, INGEST)).toMatchObject({
      PLINTH_MAX_DOCUMENT_BYTES: 100_000_000,
      PLINTH_CHUNK_TOKENS: 350,
      PLINTH_CHUNK_OVERLAP_TOKENS: 50,
    });
  });

  it.each(['', '/', 'documents', '/documents/'])('refuses documents under "%s": a prefix ends in a slash', (prefix) => {
    expect(() => parseEnvironment(IngestLambdaEnvironment, { ...INGEST, PLINTH_DOCUMENTS: documents(prefix) })).toThrow(
      /PLINTH_DOCUMENTS.prefix/,
    );
  });
});
