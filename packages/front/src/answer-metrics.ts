import { ANSWER_METRICS as NAMES, type MonitorReport } from '@plinth/contracts';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { EmbeddedMetricsOptions } from './embedded-metrics.ts';

/** How one grounded answer ended, in numbers. */
export interface AnswerSummary {
  readonly model: string;
  readonly abstained: boolean;
  /** Share of its sentences that passages support; absent where none was judged. */
  readonly groundedness?: number;
  readonly citations: number;
}

/** Hears of answers, of feedback and of what the monitor found. Must not throw and must not block. */
export interface ObserveAnswers {
  answered(summary: AnswerSummary): void;
  rated(rating: 'up' | 'down'): void;
  monitored(tenant: string, report: MonitorReport): void;
}

const SHARES_AND_DISTANCES: ReadonlySet<string> = new Set([NAMES.groundedness, NAMES.questionDrift, NAMES.answerDrift]);

/** In CloudWatch's embedded metric format, one JSON line each. */
export function createEmbeddedAnswerMetrics({ namespace, write, now }: EmbeddedMetricsOptions): ObserveAnswers {
  const emit = (dimensions: string[][], metrics: Record<string, number>, fields: Record<string, string>) =>
    write(
      JSON.stringify({
        _aws: {
          Timestamp: now(),
          CloudWatchMetrics: [
            {
              Namespace: namespace,
              Dimensions: dimensions,
              Metrics: Object.keys(metrics).map((Name) => ({
                Name,
                Unit: SHARES_AND_DISTANCES.has(Name) ? 'None' : 'Count',
              })),
            },
          ],
        },
        ...fields,
        ...metrics,
      }),
    );
  return {
    answered: ({ model, abstained, groundedness, citations }) =>
      emit(
        [['Model']],
        {
          [NAMES.answers]: 1,
          [NAMES.abstentions]: abstained ? 1 : 0,
          [NAMES.citations]: citations,
          ...(groundedness === undefined ? {} : { [NAMES.groundedness]: groundedness }),
        },
        { Model: model },
      ),
    rated: (rating) =>
      emit([[]], { [NAMES.feedbackUp]: rating === 'up' ? 1 : 0, [NAMES.feedbackDown]: rating === 'down' ? 1 : 0 }, {}),
    monitored: (tenant, { drift: { questions, answers } }) => {
      const metrics = {
        ...(questions === null ? {} : { [NAMES.questionDrift]: questions.mmd }),
        ...(answers === null ? {} : { [NAMES.answerDrift]: answers.mmd }),
      };
      if (Object.keys(metrics).length === 0) return;
      emit([['Tenant']], metrics, { Tenant: tenant });
      emit([[]], { [NAMES.drifted]: questions?.drifted === true || answers?.drifted === true ? 1 : 0 }, {});
    },
  };
}

const SHARES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** For Prometheus, to be written beside the request metrics. */
export function createAnswerPrometheus(): ObserveAnswers & { readonly text: () => Promise<string> } {
  const registry = new Registry();
  const registers = [registry];
  const groundedness = new Histogram({
    name: 'plinth_answer_groundedness',
    help: 'Share of the sentences of an answer that passages support.',
    labelNames: ['model'] as const,
    buckets: SHARES,
    registers,
  });
  const abstentions = new Counter({
    name: 'plinth_abstentions_total',
    help: 'Questions that were given no answer.',
    labelNames: ['model'] as const,
    registers,
  });
  const citations = new Counter({
    name: 'plinth_citations_total',
    help: 'Verified citations sent.',
    labelNames: ['model'] as const,
    registers,
  });
  const feedback = new Counter({
    name: 'plinth_feedback_total',
    help: 'What askers said of answers.',
    labelNames: ['rating'] as const,
    registers,
  });
  const drift = new Gauge({
    name: 'plinth_drift_mmd',
    help: 'Squared maximum mean discrepancy between the reference and the present window.',
    labelNames: ['tenant', 'of'] as const,
    registers,
  });
  return {
    answered: (summary) => {
      const { model } = summary;
      if (summary.abstained) abstentions.inc({ model });
      if (summary.groundedness !== undefined) groundedness.observe({ model }, summary.groundedness);
      citations.inc({ model }, summary.citations);
    },
    rated: (rating) => feedback.inc({ rating }),
    monitored: (tenant, { drift: found }) => {
      for (const of of ['questions', 'answers'] as const)
        if (found[of] !== null) drift.set({ tenant, of }, found[of].mmd);
    },
    text: () => registry.metrics(),
  };
}
