import { prices } from '@plinth/sizing';
import { always, forRequests, type Estimator } from '../estimator.ts';
import { LOG_GB } from '../per-request.ts';
import { at, listAt, numberAt } from '../read.ts';

const DAYS_PER_MONTH = 730 / 24;

export const logGroup: Estimator = {
  types: ['aws:cloudwatch/logGroup:LogGroup'],
  charges: ({ props }) => {
    const months = (numberAt(props, 'retentionInDays') ?? 3650) / DAYS_PER_MONTH;
    return [
      { what: 'Logs written', price: prices.logsIngested, quantity: forRequests(LOG_GB) },
      {
        what: `Logs kept ${Math.round(months)} months`,
        price: prices.logsStored,
        quantity: forRequests(LOG_GB * months),
      },
    ];
  },
};

export const alarm: Estimator = {
  types: ['aws:cloudwatch/metricAlarm:MetricAlarm'],
  charges: ({ props }) => {
    const metrics = listAt(props, 'metricQueries').filter((query) => at(query, 'metric') !== undefined).length;
    return [{ what: 'Alarm, by metric', price: prices.alarmMetric, quantity: always(Math.max(1, metrics)) }];
  },
};

export const compositeAlarm: Estimator = {
  types: ['aws:cloudwatch/compositeAlarm:CompositeAlarm'],
  charges: () => [{ what: 'Composite alarm', price: prices.compositeAlarm, quantity: always(1) }],
};

export const dashboard: Estimator = {
  types: ['aws:cloudwatch/dashboard:Dashboard'],
  charges: () => [{ what: 'Dashboard', price: prices.dashboard, quantity: always(1) }],
};

export const trail: Estimator = {
  types: ['aws:cloudtrail/trail:Trail'],
  charges: ({ props }) => {
    const recordsData = listAt(props, 'advancedEventSelectors').length + listAt(props, 'eventSelectors').length > 0;
    return recordsData
      ? [{ what: 'Data events, 4 a request', price: prices.dataEvents, quantity: forRequests(4 / 100_000) }]
      : [];
  },
};
