import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { startFauxqs, type FauxqsServer } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSqsSink } from './sqs-sink.ts';

let server: FauxqsServer;
let queueUrl: string;
beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  server = await startFauxqs({ port: 0, logger: false });
  ({ queueUrl } = server.createQueue('reports'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
});

const signal = new AbortController().signal;

describe('a queue of SQS as a sink of reports', () => {
  it('has taken a report when it says so, whatever host stands in its address', async () => {
    const sink = createSqsSink({ queueUrl, region: 'us-east-1', endpoint: `http://127.0.0.1:${server.port}` });
    await sink.send('{"number":1}', { signal });
    expect(server.inspectQueue('reports')!.messages.ready.map(({ body }) => body)).toEqual(['{"number":1}']);
    await sink.close();
  });

  it('refuses what no message can hold', async () => {
    const sink = createSqsSink({ queueUrl, region: 'us-east-1', endpoint: `http://127.0.0.1:${server.port}` });
    await expect(sink.send('ä'.repeat(140_000), { signal })).rejects.toMatchObject({ code: 'internal' });
  });

  it('gives up on one that is silent, and when it is told to', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const sink = createSqsSink({ queueUrl, region: 'us-east-1', endpoint, timeoutMs: 100 });
    await expect(sink.send('{}', { signal })).rejects.toMatchObject({ code: 'upstream_failed', retryable: true });
    const patient = createSqsSink({ queueUrl, region: 'us-east-1', endpoint });
    await expect(patient.send('{}', { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ retryable: true });
    await Promise.all([sink.close(), patient.close()]);
    silent.close();
  });
});
