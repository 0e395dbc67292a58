import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWireServer, type WireServer } from '../testing/wire-server.ts';
import { parseServerLoad, readServerLoad } from './server-metrics.ts';

/** As vLLM writes them, shortened. */
const METRICS = `# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="HuggingFaceTB/SmolLM2-135M-Instruct"} 3.0
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{engine="0",model_name="HuggingFaceTB/SmolLM2-135M-Instruct"} 12.0
vllm:num_requests_waiting_by_reason{engine="0",reason="capacity"} 12.0
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc{engine="0",model_name="HuggingFaceTB/SmolLM2-135M-Instruct"} 0.8125
vllm:request_success_total{engine="0",finished_reason="stop",model_name="x"} 1.0
process_cpu_seconds_total 12.5
`;

describe('the state of a vLLM server', () => {
  it('is read from its metrics', () =>
    expect(parseServerLoad(METRICS)).toEqual({ waiting: 12, running: 3, kvCacheUse: 0.8125 }));

  it('is that of all its engines together, and of the fullest cache', () => {
    const more = METRICS.replaceAll('engine="0"', 'engine="1"').replace('0.8125', '9.1e-1');
    expect(parseServerLoad(METRICS + more)).toEqual({ waiting: 24, running: 6, kvCacheUse: 0.91 });
  });

  it('is known by the older name of the cache, with line ends of any kind, and with times', () => {
    const old = METRICS.replaceAll('vllm:kv_cache', 'vllm:gpu_cache').replaceAll('\n', '\r\n');
    expect(parseServerLoad(old)).toEqual({ waiting: 12, running: 3, kvCacheUse: 0.8125 });
    expect(parseServerLoad('vllm:num_requests_waiting 1 1795000000000\nvllm:num_requests_running 2')).toEqual({
      waiting: 1,
      running: 2,
      kvCacheUse: 0,
    });
  });

  it.each([
    '',
    'process_cpu_seconds_total 12.5',
    'vllm:num_requests_running NaN\nvllm:num_requests_waiting 1',
    '<html>',
  ])('is not known from %j', (text) => expect(parseServerLoad(text)).toBeUndefined());

  describe('over HTTP', () => {
    let server: WireServer;
    beforeAll(async () => {
      server = await startWireServer();
    });
    afterAll(() => server.close());
    const say = (text: string, status = 200) => {
      server.answer = () => ({ status, headers: { 'content-type': 'text/plain' }, chunks: [Buffer.from(text)] });
    };

    it('is asked for where it is told', async () => {
      say(METRICS);
      expect(await readServerLoad(`${server.url}/metrics`)).toMatchObject({ waiting: 12 });
      expect(server.requests.at(-1)).toMatchObject({ path: '/metrics' });
    });

    it.each([
      ['another status', () => say(METRICS, 503), 'answered 503'],
      ['no metrics of vLLM', () => say('up 1'), 'no metrics'],
      ['too much', () => say('x'.repeat(3 * 1024 * 1024)), 'longer than'],
    ])('is not known from %s', async (_name, prepare, why) => {
      prepare();
      await expect(readServerLoad(`${server.url}/metrics`)).rejects.toMatchObject({
        code: 'upstream_failed',
        message: expect.stringContaining(why) as string,
      });
    });

    it('is not waited for once the signal fires', async () => {
      server.answer = () => ({ status: 200, headers: {}, chunks: [], ending: 'hang' });
      const controller = new AbortController();
      const read = readServerLoad(`${server.url}/metrics`, controller.signal);
      controller.abort();
      await expect(read).rejects.toMatchObject({ code: 'upstream_failed' });
    });

    it('of a server that is not there is not known', async () => {
      const gone = await startWireServer();
      await gone.close();
      await expect(readServerLoad(`${gone.url}/metrics`)).rejects.toMatchObject({ code: 'upstream_failed' });
    });
  });
});
