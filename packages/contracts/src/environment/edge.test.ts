import { describe, expect, expectTypeOf, it } from 'vitest';
import type { EnvironmentVariables } from './chat.ts';
import { EdgeModelEnvironment, EdgeServerEnvironment, EdgeSyncEnvironment, OfflinePolicy, SiteName } from './edge.ts';
import { parseEnvironment } from './parse.ts';

const KEY =
  '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n';
const SERVER: EnvironmentVariables<typeof EdgeServerEnvironment> = {
  PLINTH_CATALOG: JSON.stringify([
    {
      id: 'small',
      target: { kind: 'openai', baseUrl: 'http://127.0.0.1:8090', modelId: 'small' },
      contextTokens: 100,
      maxPromptTokens: 80,
      maxCompletionTokens: 20,
      price: { input: 0, output: 0 },
    },
  ]),
  PLINTH_SITE: 'plant-7',
  PLINTH_BUNDLES: 's3://bundles/sites/plant-7/',
  PLINTH_BUNDLE_KEY: KEY,
  PLINTH_SYNC_QUEUE: 'https://sqs.us-east-1.amazonaws.com/123456789012/plant-7',
};

describe('the environment of an edge server', () => {
  it('is the chat server’s, and what ties a site to its centre', () => {
    expect(parseEnvironment(EdgeServerEnvironment, SERVER)).toMatchObject({
      PLINTH_PORT: 8080,
      PLINTH_HEALTH_PORT: 8001,
      PLINTH_SITE: 'plant-7',
      PLINTH_OFFLINE: { heavyRequests: 'wait', staleHours: 168, whenStale: 'local-only' },
    });
  });

  it('finds bundles in a folder, too', () => {
    const environment = parseEnvironment(EdgeServerEnvironment, { ...SERVER, PLINTH_BUNDLES: 'file:///media/usb/' });
    expect(environment.PLINTH_BUNDLES).toBe('file:///media/usb/');
  });

  it('cannot start without a key to check bundles by, and has no room for keys to AWS', () => {
    expectTypeOf<(typeof SERVER)['PLINTH_BUNDLE_KEY']>().toEqualTypeOf<string>();
    expectTypeOf<typeof SERVER>().not.toHaveProperty('AWS_SECRET_ACCESS_KEY');
    const { PLINTH_BUNDLE_KEY: _, ...without } = SERVER;
    expect(() => parseEnvironment(EdgeServerEnvironment, without)).toThrow(/PLINTH_BUNDLE_KEY: /);
  });

  it.each([
    ['PLINTH_SITE', 'Plant 7'],
    ['PLINTH_BUNDLES', 'https://bundles/sites/plant-7/'],
    ['PLINTH_BUNDLES', 's3://bundles/'],
    ['PLINTH_BUNDLES', 'file://host/bundles/'],
    ['PLINTH_BUNDLES', 'file:///bundles'],
    ['PLINTH_BUNDLE_KEY', '-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n'],
    ['PLINTH_OFFLINE', '{"whenStale":"carry-on"}'],
    ['PLINTH_OFFLINE', '{"staleDays":7}'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => parseEnvironment(EdgeServerEnvironment, { ...SERVER, [name]: value })).toThrow(`${name}`);
  });
});

it('takes names of sites that fit into certificates, queues and keys of objects', () => {
  for (const name of ['a', 'plant-7', 'lax-1a']) expect(SiteName.safeParse(name).success, name).toBe(true);
  for (const name of ['', '-a', 'a--b', 'a-', '7a', 'a/b', 'a'.repeat(41)])
    expect(SiteName.safeParse(name).success, name).toBe(false);
});

it('bounds what a site may keep', () => {
  expect(OfflinePolicy.safeParse({ outboxItems: 0 }).success).toBe(false);
  expect(OfflinePolicy.safeParse({ outboxHours: 721 }).success).toBe(false);
});

it('gives a model on CPUs one thread, unless more are its own', () => {
  expect(parseEnvironment(EdgeModelEnvironment, { PLINTH_MODEL: 'small', PLINTH_CONTEXT_TOKENS: '2048' })).toEqual({
    PLINTH_PORT: 8090,
    PLINTH_MODELS_DIR: '.plinth/models',
    PLINTH_MODEL: 'small',
    PLINTH_CONTEXT_TOKENS: 2048,
    PLINTH_THREADS: 1,
    PLINTH_SEQUENCES: 4,
  });
});

it('tells sites by their queues', () => {
  const tables = { PLINTH_LEDGER_TABLE: 'l', PLINTH_RECORDS_TABLE: 'r', PLINTH_AUDIT_TABLE: 'a' };
  const sites = (value: object) =>
    parseEnvironment(EdgeSyncEnvironment, { ...tables, PLINTH_SITES: JSON.stringify(value) }).PLINTH_SITES;
  expect(sites({ 'arn:aws:sqs:us-east-1:123456789012:q': 'plant-7' })).toEqual({
    'arn:aws:sqs:us-east-1:123456789012:q': 'plant-7',
  });
  expect(() => sites({ 'plant-7': 'plant-7' })).toThrow(/PLINTH_SITES/);
});
