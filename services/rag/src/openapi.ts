import {
  AnswerExplanation,
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionRequest,
  EmbeddingsRequest,
  EmbeddingsResponse,
  EvaluationRequest,
  FeedbackRequest,
  ModelList,
  MonitorReport,
  openApi,
  OpenAIErrorBody,
  SearchRequest,
  SearchResult,
} from '@plinth/contracts';

const { errors, json, named, reference, schema } = openApi;
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
const query = (name: string, type: string, description: string) => ({
  name,
  in: 'query',
  description,
  schema: { type },
});
const body = (name: string) => ({ required: true, ...json(reference(name)) });
const described = (description: string) => ({ description, ...json({ type: 'object' }) });

/** OpenAPI 3.1 of the front, from the very schemas that requests are checked with. */
export function openApiDocument() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Plinth retrieval',
      version: '0.1.0',
      description:
        'Answers from private documents, with citations that are checked, over a governed path. Any OpenAI client works with `base_url` set to this host plus `/v1`.',
    },
    security: [{ bearer: [] }],
    paths: { ...answers, ...search, ...documents, ...measures, ...openApi.health },
    components: {
      securitySchemes: openApi.bearer,
      schemas: {
        ChatCompletionRequest: schema(ChatCompletionRequest),
        ChatCompletion: schema(ChatCompletion),
        ChatCompletionChunk: schema(ChatCompletionChunk),
        ModelList: schema(ModelList),
        SearchRequest: schema(SearchRequest),
        SearchResult: schema(SearchResult),
        AnswerExplanation: schema(AnswerExplanation),
        FeedbackRequest: schema(FeedbackRequest),
        EmbeddingsRequest: schema(EmbeddingsRequest),
        EmbeddingsResponse: schema(EmbeddingsResponse),
        EvaluationRequest: schema(EvaluationRequest),
        MonitorReport: schema(MonitorReport),
        Error: schema(OpenAIErrorBody),
      },
    },
  };
}

const answers = {
  '/v1/chat/completions': {
    post: {
      operationId: 'createChatCompletion',
      summary: 'Answer a question from the documents its asker may read, streamed or not',
      requestBody: body('ChatCompletionRequest'),
      responses: {
        '200': {
          description: 'The answer; server-sent events of ChatCompletionChunk when `stream` is true.',
          content: {
            'application/json': { schema: reference('ChatCompletion') },
            'text/event-stream': { schema: reference('ChatCompletionChunk') },
          },
        },
        ...errors(),
      },
    },
  },
  '/v1/answers/{id}/explanation': {
    parameters: [id],
    get: {
      operationId: 'explainAnswer',
      summary: 'How an answer of the caller came about: what was found, what was packed, what bears out each sentence',
      parameters: [
        query(
          'attribution',
          'string',
          '`leave-one-out`: what the answer loses without each passage. Costs up to six answers.',
        ),
      ],
      responses: { '200': named('The explanation.', 'AnswerExplanation'), ...errors([400, 401, 404, 429, 503]) },
    },
  },
  '/v1/answers/{id}/feedback': {
    parameters: [id],
    post: {
      operationId: 'rateAnswer',
      summary: 'Say whether an answer helped',
      requestBody: body('FeedbackRequest'),
      responses: { '200': described('Kept.'), ...errors([400, 401, 404, 503]) },
    },
  },
  '/v1/models': {
    get: {
      operationId: 'listModels',
      summary: 'Models that answer here',
      responses: { '200': named('The models.', 'ModelList'), ...errors([401]) },
    },
  },
};

const search = {
  '/v1/search': {
    post: {
      operationId: 'search',
      summary: 'Find passages the caller may read',
      requestBody: body('SearchRequest'),
      responses: { '200': named('Passages, best first.', 'SearchResult'), ...errors([400, 401, 413, 429, 503]) },
    },
  },
  '/v1/embeddings': {
    post: {
      operationId: 'createEmbeddings',
      summary: 'Vectors of texts, by the model the index is made with',
      requestBody: body('EmbeddingsRequest'),
      responses: { '200': named('The vectors.', 'EmbeddingsResponse'), ...errors([400, 401, 404, 413, 429, 503]) },
    },
  },
};

const documents = {
  '/v1/documents': {
    post: {
      operationId: 'uploadDocument',
      summary: 'Add a document, or a new version of it; durable when it answers',
      requestBody: {
        required: true,
        content: {
          'multipart/form-data': {
            schema: {
              type: 'object',
              required: ['groups', 'file'],
              properties: {
                id: { type: 'string' },
                groups: { type: 'string', description: 'Who may read it: groups of the caller.' },
                metadata: { type: 'string', description: 'A JSON object.' },
                file: { type: 'string', format: 'binary', description: 'Last: what is before it is checked first.' },
              },
            },
          },
        },
      },
      responses: { '202': described('Accepted.'), ...errors([400, 401, 403, 413, 503]) },
    },
    get: {
      operationId: 'listDocuments',
      summary: 'Documents the caller may read, in order of their ids',
      parameters: [
        query('after', 'string', 'The last id of the page before.'),
        query('limit', 'integer', 'At most 100.'),
      ],
      responses: { '200': described('A page of documents.'), ...errors([400, 401, 503]) },
    },
  },
  '/v1/documents/{id}': {
    parameters: [id],
    get: {
      operationId: 'getDocument',
      summary: 'State, progress, version and groups of a document',
      responses: { '200': described('The document.'), ...errors([401, 404, 503]) },
    },
    delete: {
      operationId: 'deleteDocument',
      summary: 'Forget a document: its passages, vectors and texts',
      responses: { '200': described('It will be gone shortly.'), ...errors([401, 404, 503]) },
    },
  },
  '/v1/documents/{id}/text': {
    parameters: [id],
    get: {
      operationId: 'getDocumentText',
      summary: 'Canonical text and blocks of a version: what citations point into',
      parameters: [query('version', 'integer', 'Absent: the one that search finds.')],
      responses: { '200': described('The text.'), ...errors([401, 404, 503]) },
    },
  },
  '/v1/documents/{id}/content': {
    parameters: [id],
    get: {
      operationId: 'getDocumentContent',
      summary: 'The original bytes, as an attachment',
      responses: {
        '200': {
          description: 'The bytes.',
          content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
        },
        ...errors([401, 404, 503]),
      },
    },
  },
};

const measures = {
  '/v1/evaluations': {
    post: {
      operationId: 'evaluate',
      summary: 'Measure searches and answers on a question set, under the caller’s own groups',
      requestBody: body('EvaluationRequest'),
      responses: {
        '200': described('The metrics; server-sent events when `stream` is true.'),
        ...errors([400, 401, 404, 413, 503]),
      },
    },
  },
  '/v1/monitor': {
    get: {
      operationId: 'monitor',
      summary: 'Drift, groundedness, abstention and feedback of the caller’s tenant over time',
      parameters: [query('present_days', 'integer', '1 to 365.'), query('reference_days', 'integer', '1 to 365.')],
      responses: { '200': named('The report.', 'MonitorReport'), ...errors([400, 401, 503]) },
    },
  },
};
