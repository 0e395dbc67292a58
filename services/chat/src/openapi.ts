import {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionRequest,
  ModelList,
  openApi,
  OpenAIErrorBody,
} from '@plinth/contracts';

const { errors: errorResponses, json, reference, schema: schemaOf } = openApi;
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
      '/v1/routes': {
        get: {
          operationId: 'listRoutes',
          summary: 'Models with several places, and how each place does',
          responses: { '200': { description: 'Models, their pools and places.' }, ...errorResponses([401]) },
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
      ...openApi.health,
    },
    components: {
      securitySchemes: openApi.bearer,
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
