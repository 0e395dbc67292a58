import type { CatalogModel } from '@plinth/contracts';
import { expect, it } from 'vitest';
import type { ModelClient } from './model-client.ts';
import { modelOpener } from './model-opener.ts';
import { openaiCatalogModel } from './testing/openai-harness.ts';
import { pooledCatalogModel } from './testing/pooled-models.ts';
import { sagemakerCatalogModel } from './testing/sagemaker-harness.ts';

it('opens a model by the adapter of its target, and refuses in words what the process does not reach', () => {
  const client = {} as ModelClient;
  const open = modelOpener({ openai: () => client, bedrock: () => expect.fail() });
  expect(open(openaiCatalogModel('http://unused', []))).toBe(client);
  expect(() => open(sagemakerCatalogModel())).toThrow(/of kind "sagemaker", .* set openai or bedrock/);
});

it('opens every place of a model with pools by the adapter of its own target', () => {
  const client = {} as ModelClient;
  const model = pooledCatalogModel([{ id: 'own', owner: 'own', members: [{ id: 'a' }] }]);
  const pools = (given: CatalogModel, open: (place: CatalogModel) => ModelClient) => {
    expect(given).toBe(model);
    return open({ ...given, target: model.target.pools[0]!.members[0]!.target });
  };
  expect(modelOpener({ openai: () => client, pools })(model)).toBe(client);
  expect(() => modelOpener({ bedrock: () => client, pools })(model)).toThrow(/of kind "openai"/);
  expect(() => modelOpener({ openai: () => client })(model)).toThrow(/of kind "pools"/);
});
