import {
  AsyncChatRequest,
  AsyncObject,
  BatchCreate,
  BatchList,
  BatchObject,
  FileDeleted,
  FileList,
  FileObject,
  ModelList,
  openApi,
  OpenAIErrorBody,
  UploadCreate,
  UploadObject,
} from '@plinth/contracts';

const { errors, json, named, reference, schema } = openApi;
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
const page = [
  { name: 'after', in: 'query', description: 'The last id of the page before.', schema: { type: 'string' } },
  { name: 'limit', in: 'query', description: 'A page holds at most 100.', schema: { type: 'integer' } },
];

/** OpenAPI 3.1 of the front, from the very schemas that requests are checked with. */
export function openApiDocument() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Plinth batches',
      version: '0.1.0',
      description:
        'Files of requests in, files of answers out, over the governed path of chat requests. Any OpenAI client works with `base_url` set to this host plus `/v1`.',
    },
    security: [{ bearer: [] }],
    paths: { ...files, ...uploads, ...batches, ...asyncRequests, ...models, ...openApi.health },
    components: {
      securitySchemes: openApi.bearer,
      schemas: {
        FileObject: schema(FileObject),
        FileList: schema(FileList),
        FileDeleted: schema(FileDeleted),
        BatchCreate: schema(BatchCreate),
        BatchObject: schema(BatchObject),
        BatchList: schema(BatchList),
        UploadCreate: schema(UploadCreate),
        UploadObject: schema(UploadObject),
        AsyncChatRequest: schema(AsyncChatRequest),
        AsyncObject: schema(AsyncObject),
        ModelList: schema(ModelList),
        Error: schema(OpenAIErrorBody),
      },
    },
  };
}

const files = {
  '/v1/files': {
    post: {
      operationId: 'createFile',
      summary: 'Upload a file of requests, JSON Lines; durable when it answers',
      requestBody: {
        required: true,
        content: {
          'multipart/form-data': {
            schema: {
              type: 'object',
              required: ['purpose', 'file'],
              properties: { purpose: { const: 'batch' }, file: { type: 'string', format: 'binary' } },
            },
          },
        },
      },
      responses: { '200': named('The file.', 'FileObject'), ...errors([400, 401, 403, 413, 503]) },
    },
    get: {
      operationId: 'listFiles',
      summary: 'Files of the tenant, newest first',
      parameters: [
        ...page,
        { name: 'purpose', in: 'query', schema: { type: 'string', enum: ['batch', 'batch_output'] } },
      ],
      responses: { '200': named('A page of files.', 'FileList'), ...errors([400, 401, 404, 503]) },
    },
  },
  '/v1/files/{id}': {
    parameters: [id],
    get: {
      operationId: 'getFile',
      summary: 'What is known of a file',
      responses: { '200': named('The file.', 'FileObject'), ...errors([401, 404, 503]) },
    },
    delete: {
      operationId: 'deleteFile',
      summary: 'Delete a file and its bytes',
      responses: { '200': named('It is gone.', 'FileDeleted'), ...errors([401, 404, 503]) },
    },
  },
  '/v1/files/{id}/content': {
    parameters: [id],
    get: {
      operationId: 'getFileContent',
      summary: 'The bytes of a file, or a range of them',
      responses: {
        '200': {
          description: 'The bytes.',
          content: { 'application/jsonl': { schema: { type: 'string', format: 'binary' } } },
        },
        '206': { description: 'The range that was asked for.' },
        '416': { description: 'The range lies behind the end.' },
        ...errors([401, 404, 503]),
      },
    },
  },
};

const batches = {
  '/v1/batches': {
    post: {
      operationId: 'createBatch',
      summary: 'Run the requests of a file; its file is checked and its budget reserved after the answer',
      requestBody: { required: true, ...json(reference('BatchCreate')) },
      responses: { '200': named('The batch.', 'BatchObject'), ...errors([400, 401, 413, 429, 503]) },
    },
    get: {
      operationId: 'listBatches',
      summary: 'Batches of the tenant, newest first',
      parameters: page,
      responses: { '200': named('A page of batches.', 'BatchList'), ...errors([400, 401, 404, 503]) },
    },
  },
  '/v1/batches/{id}': {
    parameters: [id],
    get: {
      operationId: 'getBatch',
      summary: 'State, counts, cost and errors of a batch',
      responses: { '200': named('The batch.', 'BatchObject'), ...errors([401, 404, 503]) },
    },
  },
  '/v1/batches/{id}/cancel': {
    parameters: [id],
    post: {
      operationId: 'cancelBatch',
      summary: 'End a batch; what is answered by then is kept',
      responses: { '200': named('The batch.', 'BatchObject'), ...errors([400, 401, 404, 409, 503]) },
    },
  },
};

const uploads = {
  '/v1/uploads': {
    post: {
      operationId: 'createUpload',
      summary:
        'An address to send a large file to. Where files are taken by POST /v1/files of any size, there is no such route',
      requestBody: { required: true, ...json(reference('UploadCreate')) },
      responses: { '200': named('The upload.', 'UploadObject'), ...errors([400, 401, 403, 413, 503]) },
    },
  },
  '/v1/uploads/{id}/complete': {
    parameters: [id],
    post: {
      operationId: 'completeUpload',
      summary: 'All of it is sent: it is a file now',
      responses: { '200': named('The upload, with its file.', 'UploadObject'), ...errors([400, 401, 404, 503]) },
    },
  },
  '/v1/uploads/{id}/cancel': {
    parameters: [id],
    post: {
      operationId: 'cancelUpload',
      summary: 'Drop what was sent',
      responses: { '200': named('The upload.', 'UploadObject'), ...errors([400, 401, 404, 503]) },
    },
  },
};

const asyncRequests = {
  '/v1/async/chat/completions': {
    post: {
      operationId: 'createAsyncChatCompletion',
      summary: 'A chat request that is answered later',
      requestBody: { required: true, ...json(reference('AsyncChatRequest')) },
      responses: { '202': named('It is taken in.', 'AsyncObject'), ...errors([400, 401, 403, 404, 413, 429, 503]) },
    },
  },
  '/v1/async/{id}': {
    parameters: [id],
    get: {
      operationId: 'getAsyncChatCompletion',
      summary: 'What became of it, with its answer once there is one',
      responses: { '200': named('The request.', 'AsyncObject'), ...errors([401, 404, 503]) },
    },
  },
  '/v1/async/{id}/cancel': {
    parameters: [id],
    post: {
      operationId: 'cancelAsyncChatCompletion',
      summary: 'End it',
      responses: { '200': named('The request.', 'AsyncObject'), ...errors([400, 401, 404, 409, 503]) },
    },
  },
};

const models = {
  '/v1/models': {
    get: {
      operationId: 'listModels',
      summary: 'Models that batches may name',
      responses: { '200': named('The models.', 'ModelList'), ...errors([401]) },
    },
  },
};
