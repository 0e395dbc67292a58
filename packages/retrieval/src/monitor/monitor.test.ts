import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MonitorReport } from '@plinth/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedDatabase } from '../database/embedded/index.ts';
import { migrate } from '../database/migrations/index.ts';
import type { Database } from '../ports/database.ts';
import type { Reader } from '../ports/retriever.ts';
import { monitor } from './monitor.ts';
import { monitorAnswers, recordAnswer } from './record.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 25, 12);
const ANN: Reader = { tenant: 'acme', principal: 'ann', groups: ['staff'] };
const BOB: Reader = { tenant: 'acme', principal: 'bob', groups: ['board'] };
const EVE: Reader = { tenant: 'other', principal: 'eve', groups: ['staff'] };

let folder: string;
let database: Database;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-monitor-'));
  database = await openEmbeddedDatabase({ folder, sharedBuffersMb: 64 });
  await migrate(database, { embedding: { model: 'm', dimensions: 8 } });
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** A unit vector near an axis, a little different each time. */
function near(axis: number, turn: number): Float32Array {
  const vector = Float32Array.from({ length: 8 }, (_, i) => (i === axis ? 1 : 0.2 * Math.sin(turn * (i + 1))));
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

async function ask(reader: Reader, daysAgo: number, count: number, axis: number, abstained = false): Promise<void> {
  for (let turn = 0; turn < count; turn++)
    await recordAnswer(database, reader, {
      answerId: `${reader.principal}-${daysAgo}-${turn}`,
      question: near(axis, turn),
      ...(abstained ? {} : { answer: near(7, turn), groundedness: turn % 2 === 0 ? 1 : 0.5 }),
      abstained,
      askedAt: NOW - daysAgo * DAY,
    });
}

async function rate(reader: Reader, daysAgo: number, rating: string): Promise<void> {
  await database.transaction({ role: 'rag_reader', ...reader }, (sql) =>
    sql.query(
      'INSERT INTO plinth.feedback (tenant, answer_id, principal, rating, created_at) VALUES ($1, $2, $3, $4, $5)',
      [reader.tenant, `a-${daysAgo}`, reader.principal, rating, new Date(NOW - daysAgo * DAY).toISOString()],
    ),
  );
}

describe('monitoring', () => {
  it('says nothing where nothing was asked', async () => {
    const report = await monitor(database, { tenant: 'nobody', now: NOW });
    const none = { questions: 0, groundedness: null, abstention: null, up: 0, down: 0 };
    expect(report).toMatchObject({
      reference: none,
      present: none,
      drift: { questions: null, answers: null },
      days: [],
    });
  });

  it('tells rates by day and finds that questions drifted while answers did not', async () => {
    await ask(ANN, 20, 40, 0);
    await ask(BOB, 2, 40, 3);
    await ask(ANN, 1, 10, 3, true);
    await rate(ANN, 20, 'up');
    await rate(BOB, 2, 'down');
    await rate(ANN, 5, 'up');
    const report = await monitor(database, { tenant: 'acme', now: NOW });
    expect(MonitorReport.parse(report)).toEqual(report);
    expect(report.reference).toEqual({ questions: 40, groundedness: 0.75, abstention: 0, up: 1, down: 0 });
    expect(report.present).toEqual({ questions: 50, groundedness: 0.75, abstention: 0.2, up: 1, down: 1 });
    expect(report.days.map(({ day, questions }) => [day, questions])).toEqual([
      ['2026-11-05', 40],
      ['2026-11-20', 0],
      ['2026-11-23', 40],
      ['2026-11-24', 10],
    ]);
    expect(report.drift.questions).toMatchObject({ reference: 40, present: 50, drifted: true });
    expect(report.drift.answers).toMatchObject({ reference: 40, present: 40, drifted: false });
  });

  it('counts no question of another tenant', async () => {
    await ask(EVE, 1, 3, 5);
    expect((await monitor(database, { tenant: 'other', now: NOW })).present.questions).toBe(3);
    expect((await monitor(database, { tenant: 'acme', now: NOW })).present.questions).toBe(50);
  });

  it('hears of answers that are kept, and embeds no answer where there was none', async () => {
    const roles: string[] = [];
    const embedder = {
      model: 'm',
      dimensions: 8,
      maxTokens: 256,
      embed: async (texts: readonly string[], role: string) =>
        texts.map((text, at) => (roles.push(`${role} ${text}`), near(at, 1))),
    };
    const hear = monitorAnswers({ database, embedder });
    const answer = {
      id: 'x',
      createdAt: NOW - DAY,
      question: 'q',
      query: 'whole q',
      answer: 'So.',
      policy: 'mark',
      abstained: false,
    } as const;
    const rest = { models: { generator: 'g' }, search: { limit: 1 }, passages: [], sentences: [] };
    const kim: Reader = { tenant: 'kims', principal: 'kim', groups: [] };
    await hear(kim, { ...answer, ...rest, groundedness: 0.5 });
    await hear(kim, { ...answer, ...rest, id: 'y', abstained: true });
    expect(roles).toEqual(['query whole q', 'document So.', 'query whole q']);
    expect((await monitor(database, { tenant: 'kims', now: NOW })).present).toMatchObject({
      questions: 2,
      groundedness: 0.5,
      abstention: 0.5,
    });
  });

  it('keeps no column that could hold the words of a question or an answer', async () => {
    const columns = await database.transaction({ role: 'owner' }, (sql) =>
      sql.query(
        `SELECT column_name FROM information_schema.columns WHERE table_schema = 'plinth' AND table_name = 'question_vectors'`,
      ),
    );
    expect(columns.map((row) => row['column_name']).sort()).toEqual([
      'abstained',
      'answer_embedding',
      'answer_id',
      'asked_at',
      'embedding',
      'groundedness',
      'id',
      'principal',
      'space',
      'tenant',
    ]);
  });

  it.each([{ presentDays: 0 }, { referenceDays: 366 }, { presentDays: 1.5 }])('refuses windows of %j', async (days) => {
    await expect(monitor(database, { tenant: 'acme', now: NOW, ...days })).rejects.toThrow('1 to 365');
  });
});
