import type { RequestSummary } from '@plinth/gateway';
import { describe, expect, it } from 'vitest';
import { createEmbeddedMetrics } from './embedded-metrics.ts';
import { createPrometheus } from './prometheus.ts';

const answered: RequestSummary = {
  requestId: 'req-1',
  outcome: 'allowed',
  finish: 'stop',
  tenant: 'acme',
  model: 'small',
  stream: true,
  inputTokens: 10,
  outputTokens: 3,
  nanoUsd: 16_000,
  durationMs: 1_200,
  ttftMs: 40,
  guard: [{ stage: 'output', action: 'blocked', detector: 'email', count: 2 }],
};
const unknown: RequestSummary = {
  requestId: 'req-2',
  outcome: 'refused',
  error: 'invalid_api_key',
  stream: false,
  inputTokens: 0,
  outputTokens: 0,
  nanoUsd: 0,
  durationMs: 1,
  guard: [],
};

describe('Prometheus metrics', () => {
  it('say how requests ended, what they used and how long they took', async () => {
    const { observe, text } = createPrometheus(() => 5);
    observe(answered);
    observe(answered);
    observe(unknown);
    const lines = (await text()).split('\n');
    for (const line of [
      'plinth_requests_total{model="small",outcome="allowed",error=""} 2',
      'plinth_requests_total{model="none",outcome="refused",error="invalid_api_key"} 1',
      'gen_ai_client_token_usage_total{gen_ai_request_model="small",gen_ai_token_type="input"} 20',
      'gen_ai_client_token_usage_total{gen_ai_request_model="small",gen_ai_token_type="output"} 6',
      'plinth_cost_usd_total{model="small"} 0.000032',
      'gen_ai_server_request_duration_seconds_count{gen_ai_request_model="small"} 2',
      'gen_ai_server_request_duration_seconds_bucket{le="2.5",gen_ai_request_model="small"} 2',
      'gen_ai_server_request_duration_seconds_bucket{le="1",gen_ai_request_model="small"} 0',
      'gen_ai_server_time_to_first_token_seconds_bucket{le="0.05",gen_ai_request_model="small"} 2',
      'plinth_guard_findings_total{stage="output",action="blocked",detector="email"} 4',
      'plinth_requests_in_flight 5',
    ])
      expect(lines).toContain(line);
  });

  it('say where requests went and why, what was tried before, and how each place does', async () => {
    const members = [{ id: 'gpu-1', breaker: 'open' as const, in_flight: 2, limit: 6 }];
    const pools = [{ id: 'own', owner: 'own' as const, local: true, members }];
    const { observe, text } = createPrometheus(
      () => 0,
      () => [{ model: 'small', pools }],
    );
    const attempts = [{ pool: 'own', member: 'gpu-1', outcome: 'upstream_failed' }];
    observe({ ...answered, route: { pool: 'bedrock', member: 'eu', reason: 'spilled', queuedMs: 3, attempts } });
    observe({ ...answered, route: { queuedMs: 9, attempts } });
    const lines = (await text()).split('\n');
    for (const line of [
      'plinth_routed_requests_total{model="small",pool="bedrock",reason="spilled"} 1',
      'plinth_routed_requests_total{model="small",pool="none",reason="none"} 1',
      'plinth_route_lost_attempts_total{model="small",pool="own",outcome="upstream_failed"} 2',
      'plinth_route_in_flight{model="small",pool="own",member="gpu-1"} 2',
      'plinth_route_limit{model="small",pool="own",member="gpu-1"} 6',
      'plinth_route_breaker{model="small",pool="own",member="gpu-1"} 2',
    ])
      expect(lines).toContain(line);
  });

  it('is text every line of which is a comment or a sample', async () => {
    const { observe, text } = createPrometheus(() => 0);
    observe({ ...answered, model: 'odd "name"\\\nhere' });
    for (const line of (await text()).trim().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z_]+="([^"\\\n]|\\.)*",?)*\})? [0-9.e+-]+|)$/);
  });

  it('names no tenant, principal or request', async () => {
    const { observe, text } = createPrometheus(() => 0);
    observe(answered);
    expect(await text()).not.toMatch(/acme|req-1/);
  });
});

describe('embedded metrics', () => {
  function lineOf(summary: RequestSummary): Record<string, unknown> & {
    _aws: {
      Timestamp: number;
      CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }[];
    };
  } {
    const lines: string[] = [];
    createEmbeddedMetrics({
      namespace: 'Plinth/Chat',
      write: (line) => lines.push(line),
      now: () => 1_795_000_000_000,
    })(summary);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('\n');
    return JSON.parse(lines[0] ?? '') as never;
  }

  it.each([
    ['an answer', answered],
    ['a caller nobody knows', unknown],
  ])("of %s hold every metric and dimension they declare, with CloudWatch's units", (_name, summary) => {
    const line = lineOf(summary);
    expect(line._aws.Timestamp).toBe(1_795_000_000_000);
    for (const { Namespace, Dimensions, Metrics } of line._aws.CloudWatchMetrics) {
      expect(Namespace).toBe('Plinth/Chat');
      for (const dimension of Dimensions.flat()) expect(line[dimension]).toEqual(expect.any(String));
      for (const { Name, Unit } of Metrics) {
        expect(line[Name], Name).toEqual(expect.any(Number));
        expect(['Count', 'Milliseconds', 'None']).toContain(Unit);
      }
    }
  });

  it('count failures of ours as errors, refusals not, and blocks by detector', () => {
    expect(lineOf(answered)).toMatchObject({
      Errors: 0,
      GuardBlocks: 1,
      Requests: 1,
      TimeToFirstToken: 40,
      CostUsd: 0.000016,
    });
    expect(lineOf(unknown)).toMatchObject({ Errors: 0, Model: 'none', Outcome: 'refused' });
    expect(lineOf({ ...unknown, outcome: 'failed' })).toMatchObject({ Errors: 1 });
  });
});
