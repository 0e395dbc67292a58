import { published } from './unit-price.ts';

const cloudWatch = published('cloudwatch', '2024-07-01');
const cloudTrail = published('cloudtrail', '2024-07-01');
const xray = published('xray', '2024-07-01');

export const logsIngested = cloudWatch(0.5, 'GB');
/** Compressed to a fifth or so; counted uncompressed here. */
export const logsStored = cloudWatch(0.03, 'GB-month');
export const customMetric = cloudWatch(0.3, 'metric-month');
/** For each metric an alarm reads, at standard resolution. */
export const alarmMetric = cloudWatch(0.1, 'metric-month');
export const compositeAlarm = cloudWatch(0.5, 'alarm-month');
/** The first three of an account are free. */
export const dashboard = cloudWatch(3, 'dashboard-month');

export const dataEvents = cloudTrail(0.1, '100,000 events');
export const managementEventCopies = cloudTrail(2, '100,000 events');

export const traces = xray(5, '1M traces');
