import { describe, expect, it } from 'vitest';
import { TOPIC_ARN } from '../testing/fixtures.ts';
import { only, registered } from '../testing/index.ts';
import { AnomalyAlert } from './anomaly-alert.ts';

describe('AnomalyAlert', () => {
  it('tells the topic at once of spending that is unlike the weeks before, from a sum that matters', async () => {
    const resources = await registered(() => new AnomalyAlert('money', { topicArn: TOPIC_ARN, minimumUsd: 25 }));
    expect(only(resources, 'aws:costexplorer/anomalyMonitor:AnomalyMonitor').inputs).toMatchObject({
      monitorType: 'DIMENSIONAL',
      monitorDimension: 'SERVICE',
    });
    expect(only(resources, 'aws:costexplorer/anomalySubscription:AnomalySubscription').inputs).toMatchObject({
      frequency: 'IMMEDIATE',
      subscribers: [{ type: 'SNS', address: TOPIC_ARN }],
      thresholdExpression: { dimension: { key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE', values: ['25'] } },
    });
  });
});
