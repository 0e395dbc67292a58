import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { EmbeddedStores } from './open.ts';
import { openEmbeddedStores } from './open.ts';

/**
 * CPU (both threads) and latency of what one request costs the stores: reserve, then settle with one audit record.
 * `npx tsx src/embedded/group-commit.bench.ts [requests] [other work]`
 */
const REQUESTS = Number(process.argv[2] ?? 40_000);
const LIMITS = { requestsPerMinute: 1e9, tokensPerMinute: 1e12, nanoUsdPerDay: 1e15, concurrentRequests: 1e6 };

/** CPU that the process spends on something else, twice per request, µs: what a gateway would. */
const OTHER_WORK = Number(process.argv[3] ?? 0);

async function work(): Promise<void> {
  if (OTHER_WORK === 0) return;
  await turn();
  const until = performance.now() + OTHER_WORK / 1_000;
  while (performance.now() < until);
}

async function oneRequest(stores: EmbeddedStores, number: number): Promise<number> {
  await work();
  const key = `pk_${number % 10}`;
  const started = performance.now();
  const decision = await stores.ledger.reserve({
    id: randomUUID(),
    tenant: 'acme',
    scopes: [
      { scope: 'tenant', id: 'acme', limits: LIMITS },
      { scope: 'key', id: key, limits: LIMITS },
    ],
    worstCase: { inputTokens: 500, outputTokens: 1_000, nanoUsd: 123_456 },
    ttlMs: 60_000,
  });
  const reserved = performance.now() - started;
  if (!decision.admitted) throw new Error(`refused: ${decision.limit}`);
  await work();
  const used = { inputTokens: 480, outputTokens: 312, nanoUsd: 61_234 };
  const record = {
    at: Date.now(),
    requestId: decision.reservation.id,
    action: 'chat.completion',
    outcome: 'allowed' as const,
    tenant: 'acme',
    principal: 'user-1',
    model: 'smollm2-135m-instruct',
    reason: 'stop',
    reservationId: decision.reservation.id,
    ...used,
    ttftMs: 51,
    durationMs: 1_042,
  };
  await Promise.all([stores.ledger.settle(decision.reservation, used), stores.audit.append([record])]);
  return reserved;
}

async function measure(stores: EmbeddedStores, callers: number, requests: number): Promise<void> {
  let started = 0;
  const reserves: number[] = [];
  const cpu = process.cpuUsage();
  const start = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (started < requests) reserves.push(await oneRequest(stores, started++));
    }),
  );
  const wallMs = performance.now() - start;
  const used = process.cpuUsage(cpu);
  const perRequest = (used.user + used.system) / requests - 2 * OTHER_WORK;
  reserves.sort((a, b) => a - b);
  const at = (q: number) => reserves[Math.floor(q * (reserves.length - 1))]!.toFixed(2);
  console.log(
    `${String(callers).padStart(4)} callers  ${perRequest.toFixed(1).padStart(6)} µs CPU/request  ` +
      `${Math.round((requests / wallMs) * 1_000)
        .toString()
        .padStart(6)} requests/s  reserve p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
  );
}

const folder = await mkdtemp(join(tmpdir(), 'plinth-bench-'));
const stores = await openEmbeddedStores({ folder });
try {
  await measure(stores, 32, 5_000);
  console.log('warm');
  for (const callers of [1, 8, 16, 32, 64, 128, 256])
    await measure(stores, callers, Math.min(REQUESTS, callers * 1_000));
} finally {
  await stores.close();
  await rm(folder, { recursive: true });
}
