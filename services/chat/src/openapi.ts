import {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionRequest,
  ERROR_CODES,
  ModelList,
  OpenAIErrorBody,
} from '@plinth/contracts';
import * as z from 'zod/mini';

const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const conversationId = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };

/** OpenAPI 3.1 of the front, from the very schemas that requests are checked with. */
export function openApiDocument() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Plinth chat',
      version: '0.1.0',
      description:
        'OpenAI chat completions over a governed path. Any OpenAI client works with `base_url` set to this host plus `/v1`.',
    },
    security: [{ bearer: [] }],
    paths: {
      '/v1/chat/completions': {
        post: {
          operationId: 'createChatCompletion',
          summary: 'Answer a conversation, streamed or not',
          requestBody: { required: true, ...json(reference('ChatCompletionRequest')) },
          responses: {
            '200': {
              description: 'The answer; server-sent events of ChatCompletionChunk when `stream` is true.',
              content: {
                'application/json': { schema: reference('ChatCompletion') },
                'text/event-stream': { schema: reference('ChatCompletionChunk') },
              },
            },
            ...errorResponses(),
          },
        },
      },
      '/v1/models': {
        get: {
          operationId: 'listModels',
          summary: 'Models this front serves',
          responses: {
            '200': { description: 'The models.', ...json(reference('ModelList')) },
            ...errorResponses([401]),
          },
        },
      },
      '/v1/conversations': {
        get: {
          operationId: 'listConversations',
          summary: 'Kept conversations of the caller, newest first',
          responses: { '200': { description: 'A page of conversations.' }, ...errorResponses([401, 403]) },
        },
      },
      '/v1/conversations/{id}': {
        parameters: [conversationId],
        get: {
          operationId: 'getConversation',
          summary: 'One conversation with its messages',
          responses: { '200': { description: 'The conversation.' }, ...errorResponses([401, 403, 404]) },
        },
        delete: {
          operationId: 'deleteConversation',
          summary: 'Delete a conversation',
          responses: { '200': { description: 'Deleted.' }, ...errorResponses([401, 403, 404]) },
        },
      },
      '/healthz': {
        get: {
          operationId: 'health',
          security: [],
          summary: 'The process runs',
          responses: { '200': { description: 'It does.' } },
        },
      },
      '/readyz': {
        get: {
          operationId: 'ready',
          security: [],
          summary: 'Requests can be served',
          responses: { '200': { description: 'They can.' }, '503': { description: 'Not yet.' } },
        },
      },
    },
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key (`plinth_…`) or a JWT of the configured issuer.',
        },
      },
      schemas: {
        ChatCompletionRequest: schemaOf(ChatCompletionRequest),
        ChatCompletion: schemaOf(ChatCompletion),
        ChatCompletionChunk: schemaOf(ChatCompletionChunk),
        ModelList: schemaOf(ModelList),
        Error: schemaOf(OpenAIErrorBody),
      },
    },
  };
}

function schemaOf(schema: z.ZodMiniType) {
  return z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
}

/** Every status an error code can lead to, with the codes it may carry. */
function errorResponses(only?: number[]) {
  const codes = new Map<number, string[]>();
  for (const [code, { status }] of Object.entries(ERROR_CODES)) codes.set(status, [...(codes.get(status) ?? []), code]);
  const entries = [...codes].filter(([status]) => only === undefined || only.includes(status));
  return Object.fromEntries(
    entries
      .sort(([a], [b]) => a - b)
      .map(([status, names]) => [
        String(status),
        { description: `Codes: ${names.join(', ')}.`, ...json(reference('Error')) },
      ]),
  );
}
