import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, it } from 'vitest';
import { openApiDocument } from './openapi.ts';

// As it leaves the process.
const document = JSON.parse(JSON.stringify(openApiDocument())) as ReturnType<typeof openApiDocument>;

it('is valid OpenAPI 3.1', async () =>
  expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true }));

it('tells of the chat, of what waits for the link, and of the site', () => {
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining(['/v1/chat/completions', '/v1/async/{id}', '/v1/site', '/healthz']),
  );
  expect(document.paths['/v1/chat/completions'].post.responses).toMatchObject({
    '200': {},
    '202': { content: { 'application/json': { schema: { $ref: '#/components/schemas/AsyncObject' } } } },
  });
});
