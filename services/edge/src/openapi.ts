import { openApiDocument as chatDocument } from '@plinth/chat/openapi';
import { AsyncObject, openApi, SiteView } from '@plinth/contracts';

const { errors, named } = openApi;
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
const query = (name: string, type: string) => ({ name, in: 'query', schema: { type } });
const header = (name: string, description: string) => ({ name, in: 'header', description, schema: { type: 'string' } });

/** OpenAPI 3.1 of a site: the chat's, with what waits for the link and how the site stands. */
export function openApiDocument() {
  const { info, paths, components, ...rest } = chatDocument();
  const { post } = paths['/v1/chat/completions'];
  const chat = {
    post: {
      ...post,
      parameters: [
        header('Prefer', '`respond-async`: where the model needs a link that is down, the request is kept (RFC 7240).'),
        header('Idempotency-Key', 'Of a request that may be kept: sent again under the same key, it is kept once.'),
      ],
      responses: { ...post.responses, '202': named('It is kept; ask for its answer at `Location`.', 'AsyncObject') },
    },
  };
  return {
    ...rest,
    info: {
      ...info,
      title: 'Plinth site',
      description: 'The chat of a site, which goes on without its link to the centre.',
    },
    paths: { ...paths, '/v1/chat/completions': chat, ...kept, ...site },
    components: {
      ...components,
      schemas: {
        ...components.schemas,
        AsyncObject: openApi.schema(AsyncObject),
        SiteView: openApi.schema(SiteView),
      },
    },
  };
}

const kept = {
  '/v1/async': {
    get: {
      operationId: 'listKeptRequests',
      summary: 'Requests of the caller that were kept, newest first',
      parameters: [query('limit', 'integer'), query('after', 'string')],
      responses: { '200': { description: 'A page of them.' }, ...errors([401, 503]) },
    },
  },
  '/v1/async/{id}': {
    parameters: [id],
    get: {
      operationId: 'getKeptRequest',
      summary: 'What became of it, with its answer once there is one',
      responses: { '200': named('The request.', 'AsyncObject'), ...errors([401, 404, 503]) },
    },
    delete: {
      operationId: 'deleteKeptRequest',
      summary: 'Take it back',
      responses: { '200': named('The request.', 'AsyncObject'), ...errors([401, 404, 503]) },
    },
  },
  '/v1/async/{id}/cancel': {
    parameters: [id],
    post: {
      operationId: 'cancelKeptRequest',
      summary: 'Take it back',
      responses: { '200': named('The request.', 'AsyncObject'), ...errors([401, 404, 503]) },
    },
  },
};

const site = {
  '/v1/site': {
    get: {
      operationId: 'getSite',
      summary: 'Link, bundle, outbox and models of the site',
      responses: { '200': named('The site.', 'SiteView'), ...errors([401]) },
    },
  },
};
