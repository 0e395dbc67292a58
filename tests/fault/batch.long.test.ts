import { killTrial, pauseTrial } from '@plinth/batching/testing/trial';
import { expect, it } from 'vitest';

/** As large as it is claimed with PLINTH_SOAK=1, which takes six minutes; a third of it otherwise. */
const SOAK = process.env['PLINTH_SOAK'] === '1';
const KILLS = SOAK ? 50 : 16;
const RECORDS = SOAK ? 5_000 : 1_600;
const PAUSES = SOAK ? 10 : 3;

it(`kill -9, ${KILLS} times in a batch of ${RECORDS} records: none is lost, none is there twice`, async () => {
  const repeated = await killTrial(KILLS, RECORDS);
  console.log(`${KILLS} kills, ${repeated} calls made again`);
  expect(repeated).toBeGreaterThan(0);
});

it(`two workers, clocks ten minutes apart, one stands still past its lease, ${PAUSES} times over`, async () => {
  for (let pause = 0; pause < PAUSES; pause++) await pauseTrial(1_000);
});
