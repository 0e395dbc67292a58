import { expect, it } from 'vitest';
import { linkCutTrial } from './testing/link-cut-trial.ts';

it(
  'what a site acknowledged is delivered and counted once, through a cut, every kind of bad link, and kill -9',
  { timeout: 180_000 },
  async () => {
    expect(await linkCutTrial({ requests: 300, kills: 1, faultMs: 500 })).toContain('150 kept');
  },
);
