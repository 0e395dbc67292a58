import { describe, expect, it } from 'vitest';
import { openApiDocument } from './openapi.ts';
import { openBatch } from './testing/batch-platform.ts';

const document = JSON.parse(JSON.stringify(openApiDocument())) as ReturnType<typeof openApiDocument>;

describe('the OpenAPI document', () => {
  it('describes every route the front has, by schemas it holds', async () => {
    const batch = await openBatch({ idle: true });
    const own = batch.app.routes.filter(({ method, path }) => method !== 'ALL' && path.startsWith('/v1/'));
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations)
        .filter((name) => name !== 'parameters')
        .map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(own.length).toBeGreaterThan(8);
    for (const { method, path } of own) expect(described).toContain(`${method} ${path}`);
    expect(await (await batch.app.request('/openapi.json')).json()).toEqual(document);
    const references = JSON.stringify(document).match(/#\/components\/schemas\/\w+/g) ?? [];
    for (const each of references) expect(Object.keys(document.components.schemas)).toContain(each.split('/').at(-1));
    await batch.close();
  });
});
