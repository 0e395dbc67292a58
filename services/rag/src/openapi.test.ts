import { describe, expect, it } from 'vitest';
import { openApiDocument } from './openapi.ts';
import { openRag, saying } from './testing/rag-platform.ts';

const document = JSON.parse(JSON.stringify(openApiDocument())) as ReturnType<typeof openApiDocument>;

function everywhere(key: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => [...(name === key ? [each] : []), ...everywhere(key, each)]);
}

describe('the OpenAPI document', () => {
  it('refers only to schemas it holds, and names every operation once', () => {
    const held = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    const references = everywhere('$ref', document).filter((each) => String(each).startsWith('#/components/'));
    expect(references.length).toBeGreaterThan(10);
    for (const reference of references) expect(held).toContain(reference);
    const names = everywhere('operationId', document);
    expect(new Set(names).size).toBe(names.length);
  });

  it('describes every route the front has', async () => {
    const rag = await openRag({ model: saying('Hi.') });
    const own = rag.app.routes.filter(({ method, path }) => method !== 'ALL' && path.startsWith('/v1/'));
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations)
        .filter((name) => name !== 'parameters')
        .map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    for (const { method, path } of own) expect(described).toContain(`${method} ${path}`);
    const served = await rag.app.request('/openapi.json');
    expect(await served.json()).toEqual(document);
    await rag.close();
  });
});
