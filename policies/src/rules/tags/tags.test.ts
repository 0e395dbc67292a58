import { expect, it } from 'vitest';
import { evaluate } from '../../evaluate.ts';
import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN, urnOf } from '../../testing/samples.ts';
import { modelProvenance } from './model-provenance.ts';
import { requiredTags } from './required-tags.ts';
import { restrictedDataNetwork } from './restricted-data-network.ts';

const TAGS = { owner: 'platform', environment: 'production', 'cost-center': '42', 'data-class': 'internal' };
const key = (tags?: unknown) => [sample('aws:kms/key:Key', { tags } as object)];

describeRule(requiredTags, {
  passes: {
    'all four': key(TAGS),
    'a type that takes no tags': [sample('aws:iam/rolePolicy:RolePolicy', {})],
    'a component, which is no AWS resource': [
      { type: 'plinth:governance:Key', name: 'it', urn: urnOf('plinth:governance:Key', 'it'), props: {} },
    ],
  },
  fails: {
    'one left out': { given: key({ ...TAGS, owner: undefined }), says: /Missing: owner\./ },
    'one left empty': { given: key({ ...TAGS, owner: '' }), says: /Missing: owner\./ },
    'another environment': { given: key({ ...TAGS, environment: 'dev' }), says: /says dev in a production stack/ },
    'an unheard-of data class': { given: key({ ...TAGS, 'data-class': 'secret-ish' }), says: /use one of public/ },
  },
  missing: { fails: { 'no tags': { given: key(), says: /owner, environment, cost-center, data-class/ } } },
  unknown: { 'all tags': key(UNKNOWN), 'one tag': key({ ...TAGS, owner: UNKNOWN }) },
});

it('counts tags that the provider adds to everything', () => {
  const [resource] = key({ environment: 'production' });
  if (resource === undefined) throw new Error('sample');
  expect(evaluate([requiredTags], [{ ...resource, defaultTags: TAGS }])).toEqual([]);
});

const table = (dataClass: unknown) =>
  sample('aws:dynamodb/table:Table', { tags: { ...TAGS, 'data-class': dataClass } } as object);
const api = (types?: string) =>
  sample('aws:apigateway/restApi:RestApi', { endpointConfiguration: types && { types } } as object, { name: 'front' });

describeRule(restrictedDataNetwork, {
  passes: {
    'restricted data without a public part': [table('restricted')],
    'restricted data behind a private API': [table('restricted'), api('PRIVATE')],
    'internal data beside a public API': [table('internal'), api('REGIONAL')],
  },
  fails: {
    'restricted data beside a public API': {
      given: [table('restricted'), api('REGIONAL')],
      says: /public part: front/,
    },
    'restricted data beside a function URL': {
      given: [table('restricted'), sample('aws:lambda/functionUrl:FunctionUrl', {}, { name: 'url' })],
      says: /url/,
    },
  },
  missing: {
    fails: {
      'an API without an endpoint type, which is public': { given: [table('restricted'), api()], says: /front/ },
    },
    passes: { 'no data class': [sample('aws:dynamodb/table:Table', {}), api('REGIONAL')] },
  },
  unknown: { 'the data class': [table(UNKNOWN), api('REGIONAL')] },
});

const PROVENANCE = { 'model-id': 'Qwen/Qwen3-8B', license: 'Apache-2.0', digest: 'sha256:abc' };

describeRule(modelProvenance, {
  passes: { 'all three': { tags: PROVENANCE } },
  fails: { 'an empty licence': { given: { tags: { ...PROVENANCE, license: '' } }, says: /Missing: license\./ } },
  missing: { fails: { 'no tags': { given: {}, says: /model-id, license, digest/ } } },
  unknown: { 'the tags': { tags: UNKNOWN }, 'the digest': { tags: { ...PROVENANCE, digest: UNKNOWN } } },
});
