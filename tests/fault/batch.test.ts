import { killTrial, pauseTrial } from '@plinth/batching/testing/trial';
import { expect, it } from 'vitest';

it('kill -9 while a batch runs: no record is lost, none is there twice', { timeout: 180_000 }, async () => {
  expect(await killTrial(5, 500)).toBeGreaterThan(0);
});

it(
  'a worker that stood still past its lease writes nothing, whatever the clocks say',
  { timeout: 120_000 },
  async () => {
    await pauseTrial(200);
  },
);
