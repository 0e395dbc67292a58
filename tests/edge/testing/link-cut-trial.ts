import type { AuditRecord } from '@plinth/contracts';
import type { LinkMode } from '@plinth/local/link';
import type { AuditEntry, AuditLog } from '@plinth/stores';
import { expect, vi } from 'vitest';
import { SiteWorld } from './site-world.ts';

export interface LinkCutOptions {
  /** Sent while the link is cut. */
  readonly requests: number;
  /** While it is cut, and again when it is back. One more in every kind of fault. */
  readonly kills: number;
  /** Longest a fault lasts, milliseconds. @default 2_000 */
  readonly faultMs?: number;
}

const AT_ONCE = 16;
const CLIENTS = 32;
const MODES: readonly LinkMode[] = [
  { kind: 'delay', ms: 40 },
  { kind: 'dribble' },
  { kind: 'reset', afterBytes: 300 },
  { kind: 'half-open' },
  { kind: 'drop' },
];
/** As the ledgers count them, from year 0. */
const MONTH = new Date().getUTCFullYear() * 12 + new Date().getUTCMonth();

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function entriesOf(audit: AuditLog, chain?: string): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of audit.read({ ...(chain !== undefined && { chain }) })) entries.push(entry);
  return entries;
}

/** Kills the site so many times, whenever a part of the work has been done. */
async function killAlong(world: SiteWorld, kills: number, done: () => number, from: number, to: number): Promise<void> {
  for (let kill = 1; kill <= kills; kill++) {
    const due = from + ((to - from) * kill) / (kills + 1);
    while (done() < due) await wait(5);
    await world.killAndStart();
  }
}

/**
 * A site whose link is cut while it is sent requests, half of them for a model at the centre, and which is killed meanwhile; then has a link of every
 * bad kind; then one that holds, and is killed again. Checks that what was acknowledged is delivered once, and counted once at the centre.
 *
 * @returns What happened, in words.
 */
export async function linkCutTrial({ requests, kills, faultMs = 2_000 }: LinkCutOptions): Promise<string> {
  const world = await SiteWorld.open({ atOnce: AT_ONCE });
  try {
    await world.start();
    return await trial(world, { requests, kills, faultMs });
  } finally {
    await world.close();
  }
}

async function trial(world: SiteWorld, { requests, kills, faultMs }: Required<LinkCutOptions>): Promise<string> {
  world.link.mode = { kind: 'cut' };
  const ids = new Map<string, string>();
  let asked = 0;
  let answered = 0;
  let sent = 0;
  const client = async () => {
    for (let number = sent++; number < requests; number = sent++) {
      if (number % 2 === 0) ids.set(`item ${number}`, await world.leave(`item ${number}`));
      else if ((await world.ask('near', `near ${number}`))?.status === 200) answered += 1;
      asked += 1;
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));
  await Promise.all([clients, killAlong(world, kills, () => asked, 0, requests)]);
  expect(ids.size).toBe(requests / 2);
  expect(new Set(ids.values()).size).toBe(ids.size);
  expect(world.far.total).toBe(0);
  // All but those that a kill broke off.
  expect(answered).toBeGreaterThanOrEqual(requests / 2 - kills * CLIENTS);

  // A link that is there and worth little, with a kill in each of its moods.
  for (const mode of MODES) {
    const before = world.far.total;
    world.link.mode = mode;
    const until = Date.now() + faultMs;
    while (Date.now() < until && world.far.total - before < ids.size / 20) await wait(20);
    await world.killAndStart();
  }
  world.link.mode = { kind: 'cut' };
  await wait(500);
  const faulty = world.far.total;

  // A link that holds: a kill repeats what was under way, and nothing else.
  const before = new Map(world.far.calls);
  const called = () => world.far.total - faulty;
  world.link.mode = { kind: 'open' };
  const left = ids.size - [...before.keys()].length;
  await killAlong(world, kills, called, 0, left);
  const pending = new Map(ids);
  while (pending.size > 0) {
    for (const [said, id] of pending) {
      const seen = await world.look(id);
      if (seen?.body.status === 'queued' || seen?.body.status === 'in_progress' || seen === undefined) break;
      expect(seen.body).toMatchObject({
        status: 'completed',
        response: { choices: [{ message: { content: `answer to ${said}` } }] },
      });
      pending.delete(said);
    }
    await wait(20);
  }
  const repeated = [...world.far.calls].reduce(
    (sum, [said, calls]) => sum + Math.max(0, calls - (before.get(said) ?? 0) - 1),
    0,
  );
  expect(repeated).toBeLessThanOrEqual(kills * AT_ONCE);

  // The centre has heard all of it: the chain of the site is its own, and the ledgers say the same.
  const stores = await world.stores();
  const chain = (await entriesOf(stores.audit))[0]!.chain;
  await vi.waitFor(
    async () => {
      const [site] = await stores.ledger.usage('acme');
      expect(site!.concurrentRequests).toBe(0);
      const there = await entriesOf(stores.audit);
      const here = await entriesOf(world.centre.audit, chain);
      expect(here.length, said(world)).toBe(there.length);
      expect(here.at(-1)!.hash).toBe(there.at(-1)!.hash);
      const usage = await world.centre.intake.usage('plant', 'acme', MONTH);
      expect(usage.month).toEqual(site!.month);
    },
    { timeout: 300_000, interval: 1_000 },
  );
  await world.stop();
  const verified = await world.centre.audit.verify();
  expect(verified).toMatchObject({ ok: true, chains: 1 });
  expect(await stores.audit.verify()).toMatchObject({ ok: true });

  const here = await entriesOf(world.centre.audit, chain);
  const records = here.map(({ body }) => JSON.parse(body) as AuditRecord);
  const deliveries = records.filter(
    ({ action, requestId }) => action === 'chat.completion' && requestId.startsWith('async_'),
  );
  expect(deliveries.map(({ requestId }) => requestId).sort()).toEqual([...ids.values()].sort());
  expect(deliveries.every(({ outcome }) => outcome === 'allowed')).toBe(true);
  const audited = records.reduce((sum, { inputTokens = 0, outputTokens = 0 }) => sum + inputTokens + outputTokens, 0);
  const { month } = await world.centre.intake.usage('plant', 'acme', MONTH);
  expect(audited).toBe(month.tokens);
  const counted = world.centre.metrics
    .filter(({ Model, Outcome }) => Model === 'far' && Outcome === 'allowed')
    .reduce((sum, { Requests }) => sum + Number(Requests), 0);
  expect(counted).toBe(ids.size);
  await stores.close();
  return (
    `${requests} requests, ${ids.size} kept, ${2 * kills + MODES.length} kills: ${world.far.total} calls, ${repeated} of them repeated by ` +
    `${kills} kills over a link that held; ${records.length} audit entries and ${month.tokens} tokens on both sides; ` +
    `${world.centre.delivered} messages in ${world.centre.invocations} invocations`
  );
}

/** What the centre's function last said, for whoever reads a failure. */
function said({ centre }: SiteWorld): string {
  return JSON.stringify({ delivered: centre.delivered, log: centre.log.slice(-8) });
}
