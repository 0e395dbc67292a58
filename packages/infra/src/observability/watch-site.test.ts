import { expect, it } from 'vitest';
import { watchOutpost, watchSite } from './watch-site.ts';

it('takes the silence of a site for trouble, and that of its outbox for peace', () => {
  const { alarms } = watchSite({ name: 'plant', bundleSeconds: 3600, silentMinutes: 20 });
  expect(alarms['site-plant-silent']).toMatchObject({ side: 'below', threshold: 1, periods: 4, silence: 'trouble' });
  expect(alarms['site-plant-outbox']).toMatchObject({ threshold: 14_400 });
  expect(alarms['site-plant-outbox']?.silence).toBeUndefined();
  expect(alarms['site-plant-refused']).toMatchObject({ threshold: 0, metrics: [{ name: 'ReportsRefused' }] });
  expect(alarms['site-plant-bundle']).toMatchObject({ threshold: 3600 });
});

it('hears of a lost link from AWS itself', () => {
  expect(watchOutpost({ outpostId: 'op-1', label: 'plant' }).alarms['plant-link']).toMatchObject({
    metrics: [{ namespace: 'AWS/Outposts', name: 'ConnectedStatus', dimensions: { OutpostId: 'op-1' } }],
    side: 'below',
  });
});
