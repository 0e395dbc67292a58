import type { RouteList } from '@plinth/contracts';
import type { Observe } from '@plinth/gateway';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { addRouteMetrics } from './route-metrics.ts';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/**
 * Request metrics under the names of OpenTelemetry's GenAI conventions, as Prometheus writes them.
 * @param routes Models with pools, where there may be any.
 */
export function createPrometheus(
  inFlight: () => number,
  routes: () => RouteList['data'] = () => [],
): { observe: Observe; text: () => Promise<string> } {
  const registry = new Registry();
  const observeRoute = addRouteMetrics(registry, routes);
  const registers = [registry];
  const requests = new Counter({
    name: 'plinth_requests_total',
    help: 'Requests by model and how they ended.',
    labelNames: ['model', 'outcome', 'error'] as const,
    registers,
  });
  const tokens = new Counter({
    name: 'gen_ai_client_token_usage_total',
    help: 'Tokens used, by model and kind.',
    labelNames: ['gen_ai_request_model', 'gen_ai_token_type'] as const,
    registers,
  });
  const cost = new Counter({
    name: 'plinth_cost_usd_total',
    help: 'US dollars spent, by model.',
    labelNames: ['model'] as const,
    registers,
  });
  const duration = new Histogram({
    name: 'gen_ai_server_request_duration_seconds',
    help: 'Seconds from a request to its last token.',
    labelNames: ['gen_ai_request_model'] as const,
    buckets: SECONDS,
    registers,
  });
  const firstToken = new Histogram({
    name: 'gen_ai_server_time_to_first_token_seconds',
    help: 'Seconds from a request to its first token sent.',
    labelNames: ['gen_ai_request_model'] as const,
    buckets: SECONDS,
    registers,
  });
  const guard = new Counter({
    name: 'plinth_guard_findings_total',
    help: 'What the guard acted on.',
    labelNames: ['stage', 'action', 'detector'] as const,
    registers,
  });
  new Gauge({
    name: 'plinth_requests_in_flight',
    help: 'Requests being worked on.',
    registers,
    collect() {
      this.set(inFlight());
    },
  });

  const observe: Observe = (summary) => {
    const model = summary.model ?? 'none';
    requests.inc({ model, outcome: summary.outcome, error: summary.error ?? '' });
    for (const { stage, action, detector, count } of summary.guard) guard.inc({ stage, action, detector }, count);
    observeRoute(summary);
    if (summary.model === undefined) return;
    duration.observe({ gen_ai_request_model: model }, summary.durationMs / 1_000);
    if (summary.ttftMs !== undefined) firstToken.observe({ gen_ai_request_model: model }, summary.ttftMs / 1_000);
    if (summary.inputTokens > 0)
      tokens.inc({ gen_ai_request_model: model, gen_ai_token_type: 'input' }, summary.inputTokens);
    if (summary.outputTokens > 0)
      tokens.inc({ gen_ai_request_model: model, gen_ai_token_type: 'output' }, summary.outputTokens);
    if (summary.nanoUsd > 0) cost.inc({ model }, summary.nanoUsd / 1e9);
  };
  return { observe, text: () => registry.metrics() };
}
