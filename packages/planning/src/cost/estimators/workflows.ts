import { prices } from '@plinth/sizing';
import { always, forRequests, type Estimator } from '../estimator.ts';
import { QUEUE_CALLS } from '../per-request.ts';
import { textAt } from '../read.ts';

export const queue: Estimator = {
  types: ['aws:sqs/queue:Queue'],
  charges: ({ props, name }) => {
    const price = props['fifoQueue'] === true ? prices.queueRequests.fifo : prices.queueRequests.standard;
    // What fails is few: a dead-letter queue idles.
    const calls = /(dead|dlq)/i.test(name) ? 0 : QUEUE_CALLS;
    return [{ what: 'Queue calls', price, quantity: (use) => (calls === 0 ? 0 : (use.requests * calls) / 1e6) }];
  },
};

export const topic: Estimator = {
  types: ['aws:sns/topic:Topic'],
  charges: () => [
    {
      what: 'Alerts, up to 1,000',
      price: prices.notifications,
      quantity: always(1000 / 1e6),
      note: 'an alarm that flaps sends a few hundred',
    },
  ],
};

export const stateMachine: Estimator = {
  types: ['aws:sfn/stateMachine:StateMachine'],
  charges: ({ props }) =>
    textAt(props, 'type') === 'EXPRESS'
      ? [{ what: 'Express runs', price: prices.expressRuns, quantity: forRequests(1 / 1e6) }]
      : [{ what: 'State transitions', price: prices.transitions, quantity: (use) => use.transitions / 1000 }],
};

export const schedule: Estimator = {
  types: ['aws:scheduler/schedule:Schedule'],
  charges: () => [
    { what: 'Starts, one a minute at most', price: prices.schedulerInvocations, quantity: always((730 * 60) / 1e6) },
  ],
};

export const pipeline: Estimator = {
  types: ['aws:codepipeline/pipeline:Pipeline'],
  charges: () => [{ what: 'Pipeline', price: prices.pipeline, quantity: always(1) }],
};

export const build: Estimator = {
  types: ['aws:codebuild/project:Project'],
  charges: () => [
    { what: 'Builds, 100 minutes', price: prices.buildMinutes, quantity: (use) => (use.case === 'idle' ? 0 : 100) },
  ],
};
