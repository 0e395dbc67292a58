import { ChatCompletionRequest, ERROR_CODES } from '@plinth/contracts';
import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from './openapi.ts';
import { openChat } from './testing/chat-platform.ts';

// As it leaves the process.
const document = JSON.parse(JSON.stringify(openApiDocument())) as ReturnType<typeof openApiDocument>;

/** Every value under `key`, anywhere in the document. */
function everywhere(key: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => [...(name === key ? [each] : []), ...everywhere(key, each)]);
}

describe('the OpenAPI document', () => {
  let result: Awaited<ReturnType<Validator['validate']>>;
  beforeAll(async () => {
    result = await new Validator().validate(structuredClone(document));
  });

  it('is valid OpenAPI 3.1', () => expect(result).toEqual({ valid: true }));

  it('refers only to schemas it holds', () => {
    const held = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    const references = everywhere('$ref', document);
    expect(references.length).toBeGreaterThan(5);
    for (const reference of references) expect(held).toContain(reference);
  });

  it('names every error status a chat request may end with, and its codes', () => {
    const { responses } = document.paths['/v1/chat/completions'].post;
    for (const [code, { status }] of Object.entries(ERROR_CODES))
      expect((responses as Record<string, { description: string }>)[status]?.description).toContain(code);
  });

  it('describes the request by the very fields it is checked with', () => {
    const schema = document.components.schemas.ChatCompletionRequest as { properties: object; required: string[] };
    expect(Object.keys(schema.properties).sort()).toEqual(Object.keys(ChatCompletionRequest.shape).sort());
    expect(schema.required).toEqual(['model', 'messages']);
  });

  it('has no two operations of one name', () => {
    const names = everywhere('operationId', document);
    expect(new Set(names).size).toBe(names.length);
  });

  it('describes only paths the front has', async () => {
    const chat = await openChat();
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const method of Object.keys(operations).filter((name) => name !== 'parameters')) {
        const { status } = await chat.app.request(path.replace('{id}', 'c1'), { method: method.toUpperCase() });
        expect({ path, method, found: status !== 404 }).toEqual({ path, method, found: true });
      }
    }
    const served = await chat.app.request('/openapi.json');
    expect(await served.json()).toEqual(document);
    await chat.close();
  });
});
