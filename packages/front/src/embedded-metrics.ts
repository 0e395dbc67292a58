import type { Observe } from '@plinth/gateway';

export interface EmbeddedMetricsOptions {
  /** CloudWatch namespace, as alarms and dashboards name it. */
  readonly namespace: string;
  readonly write: (line: string) => void;
  readonly now: () => number;
}

/**
 * Request metrics in CloudWatch's embedded metric format: one JSON line a request, which CloudWatch Logs turns into metrics without a
 * call of ours. Source: the Embedded Metric Format specification of Amazon CloudWatch.
 */
export function createEmbeddedMetrics({ namespace, write, now }: EmbeddedMetricsOptions): Observe {
  return (summary) => {
    const metrics = [
      { Name: 'Requests', Unit: 'Count' },
      { Name: 'Duration', Unit: 'Milliseconds' },
      { Name: 'InputTokens', Unit: 'Count' },
      { Name: 'OutputTokens', Unit: 'Count' },
      { Name: 'CostUsd', Unit: 'None' },
      { Name: 'GuardBlocks', Unit: 'Count' },
      { Name: 'Errors', Unit: 'Count' },
      ...(summary.ttftMs === undefined ? [] : [{ Name: 'TimeToFirstToken', Unit: 'Milliseconds' }]),
    ];
    const blocks = summary.guard.filter((finding) => finding.action === 'blocked').length;
    write(
      JSON.stringify({
        _aws: {
          Timestamp: now(),
          CloudWatchMetrics: [
            { Namespace: namespace, Dimensions: [['Model'], ['Model', 'Outcome']], Metrics: metrics },
          ],
        },
        Model: summary.model ?? 'none',
        Outcome: summary.outcome,
        Requests: 1,
        Duration: summary.durationMs,
        InputTokens: summary.inputTokens,
        OutputTokens: summary.outputTokens,
        CostUsd: summary.nanoUsd / 1e9,
        GuardBlocks: blocks,
        Errors: summary.outcome === 'failed' ? 1 : 0,
        TimeToFirstToken: summary.ttftMs,
        requestId: summary.requestId,
        tenant: summary.tenant,
        error: summary.error,
        finish: summary.finish,
      }),
    );
  };
}
