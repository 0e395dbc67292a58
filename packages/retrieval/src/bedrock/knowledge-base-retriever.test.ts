import { createServer, type Http2Server } from 'node:http2';
import { BedrockAgentRuntimeClient } from '@aws-sdk/client-bedrock-agent-runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KnowledgeBaseRetriever } from './knowledge-base-retriever.ts';

interface Call {
  readonly path: string;
  readonly body: {
    retrievalQuery: { text: string };
    retrievalConfiguration: { vectorSearchConfiguration: Record<string, unknown> };
  };
}

const READER = { tenant: 'acme', principal: 'ann', groups: ['staff', 'board'] };
const result = (text: string, metadata: object, score = 0.5) => ({
  content: { text, type: 'TEXT' },
  location: { type: 'S3', s3Location: { uri: 's3://documents/acme/leave.pdf' } },
  score,
  metadata: {
    'x-amz-bedrock-kb-source-uri': 's3://documents/acme/leave.pdf',
    'x-amz-bedrock-kb-chunk-id': text,
    ...metadata,
  },
});

let server: Http2Server;
let retriever: KnowledgeBaseRetriever;
let client: BedrockAgentRuntimeClient;
let calls: Call[] = [];
let answer: { status: number; type?: string; body: object } = { status: 200, body: { retrievalResults: [] } };

/** Speaks the service's REST-JSON protocol over HTTP/2, as the SDK does: POST /knowledgebases/{id}/retrieve, errors by x-amzn-errortype. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        calls.push({
          path: `${request.method} ${request.url}`,
          body: JSON.parse(Buffer.concat(chunks).toString()) as Call['body'],
        });
        response.writeHead(answer.status, {
          'content-type': 'application/json',
          ...(answer.type === undefined ? {} : { 'x-amzn-errortype': answer.type }),
        });
        response.end(JSON.stringify(answer.body));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  client = new BedrockAgentRuntimeClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  retriever = new KnowledgeBaseRetriever({ client: () => client, knowledgeBaseId: 'KB12345678' });
});
afterAll(() => {
  client.destroy();
  server.close();
});
beforeEach(() => {
  calls = [];
  answer = { status: 200, body: { retrievalResults: [] } };
});

const search = (overrides: object = {}) =>
  retriever.retrieve(
    { text: 'leave', reader: READER, limit: 5, ...overrides },
    { signal: new AbortController().signal },
  );

describe('a Bedrock knowledge base as a retriever', () => {
  it('is asked with tenant, groups and the caller’s filter', async () => {
    await search({ filter: { kind: 'policy', year: [2025, 2026] } });
    expect(calls).toMatchObject([
      {
        path: 'POST /knowledgebases/KB12345678/retrieve',
        body: {
          retrievalQuery: { text: 'leave' },
          retrievalConfiguration: {
            vectorSearchConfiguration: {
              numberOfResults: 5,
              filter: {
                andAll: [
                  { equals: { key: 'tenant', value: 'acme' } },
                  {
                    orAll: [
                      { listContains: { key: 'groups', value: 'staff' } },
                      { listContains: { key: 'groups', value: 'board' } },
                    ],
                  },
                  { equals: { key: 'kind', value: 'policy' } },
                  { in: { key: 'year', value: [2025, 2026] } },
                ],
              },
            },
          },
        },
      },
    ]);
  });

  it('of one group is asked without a choice, which the service would refuse', async () => {
    await search({ reader: { ...READER, groups: ['staff'] } });
    expect(JSON.stringify(calls)).not.toContain('orAll');
  });

  it('gives back nothing that its reader may not read, whatever the service answers', async () => {
    answer.body = {
      retrievalResults: [
        result(
          'mine',
          { tenant: 'acme', groups: ['staff'], 'x-amz-bedrock-kb-document-page-number': 3, kind: 'policy' },
          0.9,
        ),
        result('of another tenant', { tenant: 'globex', groups: ['staff'] }),
        result('of another group', { tenant: 'acme', groups: ['hr'] }),
        result('of no group', { tenant: 'acme' }),
        result('of nobody', {}),
        result('of a group in words', { tenant: 'acme', groups: 'staff' }),
      ],
    };
    const { passages } = await search();
    expect(passages).toEqual([
      {
        passage: {
          id: 'mine',
          documentId: 's3://documents/acme/leave.pdf',
          version: 1,
          ordinal: 0,
          title: 'leave.pdf',
          uri: undefined,
          headingPath: [],
          text: 'mine',
          start: 0,
          end: 4,
          pages: { first: 3, last: 3 },
          tokens: 1,
          metadata: { kind: 'policy' },
        },
        dense: { rank: 1, score: 0.9 },
        fused: { rank: 1, score: 0.9 },
      },
    ]);
  });

  it('is not asked for a reader without groups, in words, or with a filter on who may read', async () => {
    expect(await search({ reader: { ...READER, groups: [] } })).toEqual({ passages: [], models: {} });
    await expect(search({ method: 'lexical' })).rejects.toMatchObject({ code: 'unsupported_feature' });
    await expect(search({ filter: { groups: 'hr' } })).rejects.toMatchObject({ code: 'invalid_request' });
    expect(calls).toEqual([]);
  });

  it.each([
    ['ThrottlingException', 429, 'upstream_throttled'],
    ['AccessDeniedException', 403, 'upstream_rejected'],
    ['InternalServerException', 500, 'upstream_failed'],
  ])('that fails with %s fails with a code of ours', async (type, status, code) => {
    answer = { status, type, body: { message: 'no' } };
    await expect(search()).rejects.toMatchObject({ code });
  });
});
