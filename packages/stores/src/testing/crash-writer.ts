import { writeSync } from 'node:fs';
import { openEmbeddedStores } from '../embedded/index.ts';

/**
 * Writes to the stores in a folder until it is killed. Says on standard output what it begins and what it has been promised, a line
 * each, with a synchronous write, so that what was said survives the kill.
 */
const [, , folder = '', prefix = '', now = '0', ttlMs = '0', rounds = 'forever'] = process.argv;
const say = (line: string) => writeSync(1, `${line}\n`);
const CALLERS = 16;

const stores = await openEmbeddedStores({ folder, clock: { now: () => Number(now) } });
const last = rounds === 'forever' ? Number.POSITIVE_INFINITY : Number(rounds);
let next = 0;

async function caller(): Promise<void> {
  while (next < last) {
    const number = next++;
    const id = `${prefix}-${number}`;
    const worst = 10 + (number % 7);
    const used = number % 10;
    const record = { at: Number(now), requestId: id, action: 'chat.completion', outcome: 'allowed' as const };
    say(`reserve ${id} ${worst}`);
    const decision = await stores.ledger.reserve({
      id,
      tenant: 'acme',
      scopes: [
        { scope: 'tenant', id: 'acme', limits: {} },
        { scope: 'key', id: `pk_${number % 3}`, limits: {} },
      ],
      worstCase: { inputTokens: worst, outputTokens: 0, nanoUsd: 0 },
      ttlMs: Number(ttlMs),
    });
    if (!decision.admitted) throw new Error('refused');
    say(`reserved ${id}`);
    // Every eleventh holder forgets what it holds.
    if (number % 11 === 0) continue;
    say(`settle ${id} ${used}`);
    const settled = stores.ledger.settle(decision.reservation, { inputTokens: used, outputTokens: 0, nanoUsd: 0 });
    await Promise.all([settled, stores.audit.append([record])]);
    say(`settled ${id}`);
  }
}

await Promise.all(Array.from({ length: CALLERS }, caller));
await stores.close();
say('closed');
