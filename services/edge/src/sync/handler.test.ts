import { randomUUID } from 'node:crypto';
import { ManualTimers } from '@plinth/batching/testing';
import { PlatformError, type SiteReport } from '@plinth/contracts';
import type { IntakeAnswer } from '@plinth/stores/site';
import type { SQSEvent } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { createSyncHandler } from './handler.ts';
import { reportMetrics } from './metrics.ts';

const ARN = 'arn:aws:sqs:us-east-1:123456789012:reports-plant';
const JOURNAL = randomUUID();
const hash = 'a'.repeat(64);

const report = (number: number, more: Partial<SiteReport> = {}): SiteReport => ({
  version: 1,
  journal: JOURNAL,
  number,
  usage: [],
  ...more,
});

/** Takes 1 after 0 and so on, unless a test has another answer. */
function open(answer: (site: string, report: SiteReport) => IntakeAnswer | Error | undefined = () => undefined) {
  let last = 0;
  const taken: string[] = [];
  const [metrics, log] = [[] as Record<string, unknown>[], [] as { level: string; message: string }[]];
  const timers = new ManualTimers();
  const handle = createSyncHandler({
    sites: { [ARN]: 'plant' },
    intake: {
      async take(site, each) {
        const scripted = answer(site, each);
        if (scripted instanceof Error) throw scripted;
        if (scripted !== undefined) return scripted;
        if (each.number > last + 1) return { kind: 'early', missing: last + 1 };
        if (each.number <= last) return { kind: 'known' };
        last = each.number;
        taken.push(`${site} ${each.number}`);
        return { kind: 'taken' };
      },
    },
    metrics: reportMetrics({ write: (line) => metrics.push(line as Record<string, unknown>), now: () => 7 }),
    log: (line) => log.push(line),
    timers,
  });
  const send = (bodies: readonly unknown[], eventSourceARN = ARN) => {
    const records = bodies.map((body, index) => {
      return { messageId: `m${index}`, body: typeof body === 'string' ? body : JSON.stringify(body), eventSourceARN };
    });
    return handle({ Records: records } as unknown as SQSEvent, () => 60_000);
  };
  const failed = async (bodies: readonly unknown[], arn?: string) =>
    (await send(bodies, arn)).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  return { failed, taken, metrics, log, timers };
}

describe('the sync function', () => {
  it('takes a batch in the order of its numbers, however it came, and doubles once', async () => {
    const { failed, taken, metrics } = open();
    expect(await failed([report(3), report(1), report(2), report(1)])).toEqual([]);
    expect(taken).toEqual(['plant 1', 'plant 2', 'plant 3']);
    expect(metrics.map(({ Heartbeats }) => Heartbeats)).toEqual([1, 1, 1]);
  });

  it('waits a while for a report that another invocation has, and then gives back what came before its turn', async () => {
    const { failed, taken, timers } = open();
    const given = failed([report(1), report(3), report(4)]);
    await vi.waitFor(() => {
      timers.move(1_000);
      return expect(Promise.race([given, Promise.reject(new Error('not yet'))])).resolves.toEqual(['m1', 'm2']);
    });
    expect(taken).toEqual(['plant 1']);
  });

  it('goes on when the one that was missing has come', async () => {
    const { failed, taken, timers } = open();
    const early = failed([report(2)]);
    await failed([report(1)]);
    await vi.waitFor(() => {
      timers.move(250);
      expect(taken).toEqual(['plant 1', 'plant 2']);
    });
    expect(await early).toEqual([]);
  });

  it('refuses what was forged, alarms, and leaves it to the dead letters', async () => {
    const { failed, metrics, log } = open((_site, { number }) =>
      number === 2 ? { kind: 'refused', why: 'the chain forks' } : undefined,
    );
    expect(await failed([report(1), report(2)])).toEqual(['m1']);
    expect(metrics.map(({ ReportsRefused }) => ReportsRefused)).toEqual([undefined, 1]);
    expect(log).toEqual([
      expect.objectContaining({ level: 'error', site: 'plant', message: expect.stringContaining('the chain forks') }),
    ]);
  });

  it.each([
    ['no JSON', '{'],
    ['no report', { version: 1 }],
    ['a report that names its site', { ...report(1), site: 'branch' }],
  ])('refuses a message that is %s', async (_what, body) => {
    const { failed, taken, metrics } = open();
    expect(await failed([body])).toEqual(['m0']);
    expect([taken, metrics.length]).toEqual([[], 1]);
  });

  it('takes nothing through a queue that is no site’s', async () => {
    const { failed, taken } = open();
    expect(await failed([report(1)], 'arn:aws:sqs:us-east-1:123456789012:other')).toEqual(['m0']);
    expect(taken).toEqual([]);
  });

  it('gives back what a table did not take, and goes on with the others', async () => {
    const other = { ...report(1), journal: randomUUID() };
    const { failed } = open((_site, { journal }) =>
      journal === JOURNAL ? new PlatformError('storage_failed', 'No table.') : undefined,
    );
    expect(await failed([report(1), other])).toEqual(['m0']);
  });
});

describe('what sites tell as metrics', () => {
  it('is how they are, and requests by model and outcome', async () => {
    const { failed, metrics } = open();
    const entry = (record: object) => `${hash} ${JSON.stringify({ at: 1, requestId: 'r', ...record })}`;
    const chat = {
      action: 'chat.completion',
      outcome: 'allowed',
      model: 'm',
      inputTokens: 2,
      outputTokens: 3,
      nanoUsd: 5e8,
    };
    const lines = [
      entry({ ...chat, durationMs: 10, ttftMs: 4 }),
      entry({ ...chat, durationMs: 20 }),
      entry({ action: 'chat.completion', outcome: 'refused', reason: 'x' }),
      entry({ action: 'outbox.kept', outcome: 'allowed', model: 'm' }),
      entry({ action: 'of.tomorrow', outcome: 'unheard-of' }),
    ];
    const state = {
      at: 1,
      mode: 'serving' as const,
      outbox: { items: 3, oldestSeconds: 60 },
      bundle: { sequence: 4, ageSeconds: 99 },
    };
    await failed([report(1, { audit: { first: 1, lines: lines.join('\n') }, state })]);
    expect(metrics.map(({ _aws, ...values }) => values)).toEqual([
      { Site: 'plant', Heartbeats: 1, OutboxItems: 3, OutboxAge: 60, BundleAge: 99 },
      {
        Site: 'plant',
        Model: 'm',
        Outcome: 'allowed',
        Requests: 2,
        InputTokens: 4,
        OutputTokens: 6,
        CostUsd: 1,
        Duration: [10, 20],
        TimeToFirstToken: [4],
      },
      { Site: 'plant', Model: 'none', Outcome: 'refused', Requests: 1, InputTokens: 0, OutputTokens: 0, CostUsd: 0 },
    ]);
    expect(metrics[0]!['_aws']).toMatchObject({
      Timestamp: 7,
      CloudWatchMetrics: [{ Namespace: 'Plinth/Edge', Dimensions: [['Site']] }],
    });
  });

  it('is told in lines of at most a hundred values', async () => {
    const { failed, metrics } = open();
    const record = { at: 1, requestId: 'r', action: 'chat.completion', outcome: 'allowed', model: 'm', durationMs: 1 };
    const lines = Array.from({ length: 250 }, () => `${hash} ${JSON.stringify(record)}`).join('\n');
    await failed([report(1, { audit: { first: 1, lines } })]);
    expect(metrics.slice(1).map(({ Requests }) => Requests)).toEqual([100, 100, 50]);
  });
});
