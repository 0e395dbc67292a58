import { expect, it } from 'vitest';
import type { ModelClient } from './model-client.ts';
import { modelOpener } from './model-opener.ts';
import { openaiCatalogModel } from './testing/openai-harness.ts';
import { sagemakerCatalogModel } from './testing/sagemaker-harness.ts';

it('opens a model by the adapter of its target, and refuses in words what the process does not reach', () => {
  const client = {} as ModelClient;
  const open = modelOpener({ openai: () => client, bedrock: () => expect.fail() });
  expect(open(openaiCatalogModel('http://unused', []))).toBe(client);
  expect(() => open(sagemakerCatalogModel())).toThrow(/of kind "sagemaker", .* set openai or bedrock/);
});
