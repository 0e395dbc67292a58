import { PlatformError, type MonitorPeriod, type MonitorReport } from '@plinth/contracts';
import { timeText, vectorFrom } from '../index/values.ts';
import type { Database, Row, Sql } from '../ports/database.ts';
import { driftBetween } from './drift.ts';

export interface MonitorOptions {
  readonly tenant: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Days that are judged. @default 7 */
  readonly presentDays?: number;
  /** Days before them, which they are held against. @default 28 */
  readonly referenceDays?: number;
  readonly signal?: AbortSignal;
}

const DAY_MS = 86_400_000;
const MOST_DAYS = 365;
/** Vectors of a window that are compared: the same ones at each look. */
const SAMPLE = 1_000;

/** How a tenant's questions and answers changed: rates of each day, and the present window against the one before. */
export async function monitor(database: Database, options: MonitorOptions): Promise<MonitorReport> {
  const { tenant, now, presentDays = 7, referenceDays = 28, signal } = options;
  for (const [name, days] of Object.entries({ presentDays, referenceDays }))
    if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS)
      throw new PlatformError('invalid_request', `"${name}" is a whole number from 1 to ${MOST_DAYS}.`, {
        param: name,
      });
  const presentStart = now - presentDays * DAY_MS;
  const referenceStart = presentStart - referenceDays * DAY_MS;
  const read = await database.transaction(
    { role: 'rag_monitor', tenant },
    async (sql) => ({
      days: await daysOf(sql, referenceStart, now),
      reference: await periodOf(sql, referenceStart, presentStart),
      present: await periodOf(sql, presentStart, now),
      before: await sample(sql, referenceStart, presentStart),
      after: await sample(sql, presentStart, now),
    }),
    { signal },
  );
  const { before, after } = read;
  return {
    object: 'monitor',
    at: now,
    windows: { referenceStart, presentStart },
    reference: read.reference,
    present: read.present,
    drift: {
      questions: driftBetween(before.questions, after.questions) ?? null,
      answers: driftBetween(before.answers, after.answers) ?? null,
    },
    days: read.days,
  };
}

/** Questions and feedback of a window side by side; `key` divides it. */
function periods(key: string): string {
  return `SELECT coalesce(q.key, f.key) AS key, coalesce(q.questions, 0) AS questions, q.groundedness, q.abstention,
      coalesce(f.up, 0) AS up, coalesce(f.down, 0) AS down
    FROM (SELECT ${key.replace('%', 'asked_at')} AS key, count(*)::integer AS questions, avg(groundedness)::double precision AS groundedness,
            avg(abstained::integer)::double precision AS abstention
          FROM plinth.question_vectors WHERE tenant = plinth.tenant() AND asked_at >= $1 AND asked_at < $2 GROUP BY 1) q
    FULL JOIN (SELECT ${key.replace('%', 'created_at')} AS key, (count(*) FILTER (WHERE rating = 'up'))::integer AS up,
            (count(*) FILTER (WHERE rating = 'down'))::integer AS down
          FROM plinth.feedback WHERE tenant = plinth.tenant() AND created_at >= $1 AND created_at < $2 GROUP BY 1) f ON f.key = q.key
    ORDER BY 1`;
}

const BY_DAY = periods(`to_char(% AT TIME ZONE 'UTC', 'YYYY-MM-DD')`);
const WHOLE = periods(`'all'::text`);

async function daysOf(sql: Sql, from: number, until: number): Promise<MonitorReport['days']> {
  const rows = await sql.query(BY_DAY, [timeText(from), timeText(until)]);
  return rows.map((row) => ({ day: row['key'] as string, ...periodFrom(row) }));
}

async function periodOf(sql: Sql, from: number, until: number): Promise<MonitorPeriod> {
  const [row] = await sql.query(WHOLE, [timeText(from), timeText(until)]);
  return row === undefined ? { questions: 0, groundedness: null, abstention: null, up: 0, down: 0 } : periodFrom(row);
}

function periodFrom({ questions, groundedness, abstention, up, down }: Row): MonitorPeriod {
  return { questions, groundedness, abstention, up, down } as MonitorPeriod;
}

async function sample(sql: Sql, from: number, until: number) {
  const rows = await sql.query<{ question: string; answer: string | null }>(
    `SELECT embedding::text AS question, answer_embedding::text AS answer FROM plinth.question_vectors
     WHERE tenant = plinth.tenant() AND asked_at >= $1 AND asked_at < $2
       AND space = (SELECT n FROM plinth.embedding_spaces WHERE state = 'active')
     ORDER BY md5(id::text) LIMIT $3`,
    [timeText(from), timeText(until), SAMPLE],
  );
  return {
    questions: rows.map(({ question }) => vectorFrom(question)),
    answers: rows.flatMap(({ answer }) => (answer === null ? [] : [vectorFrom(answer)])),
  };
}
