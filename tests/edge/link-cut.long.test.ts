import { expect, it } from 'vitest';
import { linkCutTrial } from './testing/link-cut-trial.ts';

/** As large as it is claimed with PLINTH_SOAK=1; a third of it otherwise. */
const SOAK = process.env['PLINTH_SOAK'] === '1';
const REQUESTS = SOAK ? 10_000 : 3_334;
const KILLS = SOAK ? 12 : 4;

it(`the link is cut for ${REQUESTS} requests, with kill -9 in between: all that was acknowledged is delivered and counted once`, async () => {
  const told = await linkCutTrial({ requests: REQUESTS, kills: KILLS });
  console.log(told);
  expect(told).toContain(`${REQUESTS / 2} kept`);
});
