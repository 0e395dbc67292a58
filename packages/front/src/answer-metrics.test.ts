import { ANSWER_METRICS, type MonitorReport } from '@plinth/contracts';
import { describe, expect, it } from 'vitest';
import { createAnswerPrometheus, createEmbeddedAnswerMetrics } from './answer-metrics.ts';

const PERIOD = { questions: 0, groundedness: null, abstention: null, up: 0, down: 0 };
const REPORT: MonitorReport = {
  object: 'monitor',
  at: 1,
  windows: { referenceStart: 0, presentStart: 0 },
  reference: PERIOD,
  present: PERIOD,
  drift: {
    questions: { reference: 30, present: 30, meanShift: 0.1, mmd: 0.25, pValue: 0.005, drifted: true },
    answers: null,
  },
  days: [],
};

describe('metrics of answers', () => {
  it('leave for CloudWatch as one line each that declares every metric it holds', () => {
    const lines: string[] = [];
    const metrics = createEmbeddedAnswerMetrics({
      namespace: 'plinth/rag',
      write: (line) => lines.push(line),
      now: () => 7,
    });
    metrics.answered({ model: 'm', abstained: false, groundedness: 0.5, citations: 2 });
    metrics.answered({ model: 'm', abstained: true, citations: 0 });
    metrics.rated('down');
    metrics.monitored('acme', REPORT);
    metrics.monitored('acme', { ...REPORT, drift: { questions: null, answers: null } });
    const parsed = lines.map(
      (line) =>
        JSON.parse(line) as Record<string, unknown> & {
          _aws: { CloudWatchMetrics: { Metrics: { Name: string }[] }[] };
        },
    );
    expect(parsed).toHaveLength(5);
    for (const line of parsed)
      for (const { Name } of line._aws.CloudWatchMetrics[0]!.Metrics) expect(line[Name]).toBeTypeOf('number');
    expect(parsed[0]).toMatchObject({ Model: 'm', Answers: 1, Abstentions: 0, Groundedness: 0.5, Citations: 2 });
    expect(parsed[1]).not.toHaveProperty('Groundedness');
    expect(parsed[3]).toMatchObject({ Tenant: 'acme', QuestionDrift: 0.25 });
    expect(parsed[4]).toMatchObject({ Drifted: 1 });
    const used = new Set(parsed.flatMap((line) => line._aws.CloudWatchMetrics[0]!.Metrics.map(({ Name }) => Name)));
    expect([...used].filter((name) => !Object.values<string>(ANSWER_METRICS).includes(name))).toEqual([]);
  });

  it('are there for Prometheus', async () => {
    const metrics = createAnswerPrometheus();
    metrics.answered({ model: 'm', abstained: false, groundedness: 0.75, citations: 2 });
    metrics.answered({ model: 'm', abstained: true, citations: 0 });
    metrics.rated('up');
    metrics.monitored('acme', REPORT);
    const text = await metrics.text();
    for (const line of [
      'plinth_answer_groundedness_bucket{le="0.7",model="m"} 0',
      'plinth_answer_groundedness_bucket{le="0.8",model="m"} 1',
      'plinth_abstentions_total{model="m"} 1',
      'plinth_citations_total{model="m"} 2',
      'plinth_feedback_total{rating="up"} 1',
      'plinth_drift_mmd{tenant="acme",of="questions"} 0.25',
    ])
      expect(text).toContain(line);
  });
});
