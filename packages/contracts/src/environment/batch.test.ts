import { describe, expect, expectTypeOf, it } from 'vitest';
import type { BatchApiEnvironment } from './batch.ts';
import {
  BatchDispatchEnvironment,
  BatchServerEnvironment,
  BatchStepsEnvironment,
  BatchTaskEnvironment,
  BatchWorkerEnvironment,
} from './batch.ts';
import type { EnvironmentVariables } from './chat.ts';
import { parseEnvironment } from './parse.ts';

const model = {
  id: 'nova-lite',
  contextTokens: 300_000,
  maxPromptTokens: 32_000,
  maxCompletionTokens: 4_096,
  engines: { bedrock: { input: 0.03, output: 0.12 } },
};
const common = {
  PLINTH_CATALOG: JSON.stringify([model]),
  PLINTH_JOBS_TABLE: 'jobs',
  PLINTH_LEDGER_TABLE: 'ledger',
  PLINTH_RECORDS_TABLE: 'records',
  PLINTH_AUDIT_TABLE: 'audit',
  PLINTH_INPUT_BUCKET: 'input',
  PLINTH_OUTPUT_BUCKET: 'output',
};
const steps: EnvironmentVariables<typeof BatchStepsEnvironment> = {
  ...common,
  PLINTH_SHARDING: '{"recordsPerShard":1000,"maxRecords":50000}',
};
const worker: EnvironmentVariables<typeof BatchWorkerEnvironment> = {
  ENGINE: 'vllm',
  MODEL_SOURCE: 's3://weights/qwen/',
  MODEL_DIGEST: 'a'.repeat(64),
  SERVED_MODEL_NAME: 'qwen',
  MAX_MODEL_LEN: '8192',
  PLINTH_CATALOG: common.PLINTH_CATALOG,
  PLINTH_JOBS_TABLE: 'jobs',
  PLINTH_AUDIT_TABLE: 'audit',
  PLINTH_INPUT_BUCKET: 'input',
  PLINTH_OUTPUT_BUCKET: 'output',
  AWS_REGION: 'us-east-1',
};

describe('the environments of the batch service', () => {
  it('say which engine runs a model, and at what price', () => {
    expect(parseEnvironment(BatchStepsEnvironment, steps).PLINTH_CATALOG).toEqual([model]);
    const wrong = JSON.stringify([{ ...model, engines: { laptop: { input: 0, output: 0 } } }]);
    expect(() => parseEnvironment(BatchStepsEnvironment, { ...steps, PLINTH_CATALOG: wrong })).toThrow(
      /PLINTH_CATALOG\.0\.engines/,
    );
  });

  it('keep shards to what a Bedrock job takes', () => {
    for (const recordsPerShard of [99, 50_001])
      expect(() =>
        parseEnvironment(BatchStepsEnvironment, {
          ...steps,
          PLINTH_SHARDING: JSON.stringify({ recordsPerShard, maxRecords: 100_000 }),
        }),
      ).toThrow(/PLINTH_SHARDING\.recordsPerShard/);
  });

  it('give each function no more than its part', () => {
    type Api = EnvironmentVariables<typeof BatchApiEnvironment>;
    type Dispatch = EnvironmentVariables<typeof BatchDispatchEnvironment>;
    expectTypeOf<Api>().not.toHaveProperty('PLINTH_STATE_MACHINE_ARN');
    expectTypeOf<Dispatch>().not.toHaveProperty('PLINTH_OIDC_ISSUER');
    expectTypeOf<Api['PLINTH_WORK_QUEUE_URL']>().toEqualTypeOf<string>();
    expect(() => parseEnvironment(BatchDispatchEnvironment, common)).toThrow(/PLINTH_STATE_MACHINE_ARN/);
  });
});

describe('the environment of the batch worker', () => {
  it('drains within the two minutes that Spot gives', () => {
    expect(parseEnvironment(BatchWorkerEnvironment, worker)).toMatchObject({
      DRAIN_TIMEOUT_SECONDS: 100,
      PLINTH_LEASE_MS: 60_000,
      MAX_MODEL_LEN: 8192,
    });
    expect(() => parseEnvironment(BatchWorkerEnvironment, { ...worker, DRAIN_TIMEOUT_SECONDS: '121' })).toThrow(
      /DRAIN_TIMEOUT_SECONDS/,
    );
  });

  it('takes weights by digest alone', () => {
    expect(() => parseEnvironment(BatchWorkerEnvironment, { ...worker, MODEL_DIGEST: 'latest' })).toThrow(
      /MODEL_DIGEST/,
    );
  });

  it('gets its shards with each task, and at least one', () => {
    const shard = { key: 'shards/batch_1/00001.jsonl', number: '00001', records: 1_000 };
    const task = { PLINTH_TENANT: 'acme', PLINTH_BATCH_ID: 'batch_1', PLINTH_SHARDS: JSON.stringify([shard]) };
    expect(parseEnvironment(BatchTaskEnvironment, task).PLINTH_SHARDS).toEqual([shard]);
    expect(() => parseEnvironment(BatchTaskEnvironment, { ...task, PLINTH_SHARDS: '[]' })).toThrow(/PLINTH_SHARDS/);
  });
});

describe('the environment of the batch server', () => {
  const small = {
    id: 'small',
    target: { kind: 'openai', baseUrl: 'http://127.0.0.1:8081', modelId: 'm' },
    contextTokens: 100,
    maxPromptTokens: 80,
    maxCompletionTokens: 20,
    features: ['priority'],
    price: { input: 0, output: 0 },
  };
  const server = { PLINTH_CATALOG: JSON.stringify([small]) };

  it('needs the catalog and nothing else', () => {
    expect(parseEnvironment(BatchServerEnvironment, server)).toMatchObject({
      PLINTH_CATALOG: [{ features: ['priority'] }],
      PLINTH_PORT: 8085,
      PLINTH_MAX_FILE_BYTES: 536_870_912,
      PLINTH_CONCURRENCY: 64,
      PLINTH_WORKER_NAME: 'server',
    });
  });

  it('knows hours of the week, and refuses those that are none', () => {
    const windows = (from: string) => ({
      ...server,
      PLINTH_WINDOWS: JSON.stringify({ timeZone: 'Europe/Berlin', hours: [{ days: ['sat'], from, to: '24:00' }] }),
    });
    expect(parseEnvironment(BatchServerEnvironment, windows('22:30')).PLINTH_WINDOWS?.hours).toHaveLength(1);
    for (const from of ['24:30', '7:00', 'noon'])
      expect(() => parseEnvironment(BatchServerEnvironment, windows(from))).toThrow(/PLINTH_WINDOWS\.hours\.0\.from/);
  });
});
