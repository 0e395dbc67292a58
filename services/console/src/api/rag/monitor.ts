import { callJson } from '../endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { isRecord, numberOf, textOf } from '../json.ts';
import { ApiError, localProblem } from '../problem.ts';

/** What happened in one stretch of time. Shares are 0 to 1; undefined where there was nothing to measure. */
export interface Period {
  questions: number;
  groundedness: number | undefined;
  /** Share of questions that were given no answer. */
  abstention: number | undefined;
  up: number;
  down: number;
}

export interface MonitorDay extends Period {
  /** UTC: 2026-11-25. */
  day: string;
}

/** How far the present is from the past. */
export interface Drift {
  /** Vectors that were compared. */
  reference: number;
  present: number;
  /** Squared maximum mean discrepancy: 0 where both are alike. */
  mmd: number;
  /** 1 − cosine of the means. */
  meanShift: number;
  pValue: number;
  drifted: boolean;
}

export interface MonitorReport {
  reference: Period;
  present: Period;
  /** Start of the present window, epoch milliseconds. */
  presentStart: number;
  /** Undefined where a window has too few to compare. */
  drift: { questions: Drift | undefined; answers: Drift | undefined };
  days: readonly MonitorDay[];
}

/** Comparing thousands of vectors takes a while the first time, milliseconds. */
const MONITOR_TIMEOUT_MS = 60_000;

export async function readMonitor(endpoint: Endpoint, key: string): Promise<MonitorReport> {
  const body = await callJson(endpoint, '/rag/v1/monitor', { key, timeoutMs: MONITOR_TIMEOUT_MS });
  if (!isRecord(body) || !Array.isArray(body.days)) throw new ApiError(localProblem('unreadable'));
  const drift = isRecord(body.drift) ? body.drift : {};
  const windows = isRecord(body.windows) ? body.windows : {};
  return {
    reference: readPeriod(body.reference),
    present: readPeriod(body.present),
    presentStart: numberOf(windows.presentStart) ?? 0,
    drift: { questions: readDrift(drift.questions), answers: readDrift(drift.answers) },
    days: body.days.flatMap((day: unknown) =>
      isRecord(day) && typeof day.day === 'string' ? [{ day: textOf(day.day), ...readPeriod(day) }] : [],
    ),
  };
}

function readPeriod(value: unknown): Period {
  const given = isRecord(value) ? value : {};
  return {
    questions: numberOf(given.questions) ?? 0,
    groundedness: numberOf(given.groundedness),
    abstention: numberOf(given.abstention),
    up: numberOf(given.up) ?? 0,
    down: numberOf(given.down) ?? 0,
  };
}

function readDrift(value: unknown): Drift | undefined {
  if (!isRecord(value)) return undefined;
  return {
    reference: numberOf(value.reference) ?? 0,
    present: numberOf(value.present) ?? 0,
    mmd: numberOf(value.mmd) ?? 0,
    meanShift: numberOf(value.meanShift) ?? 0,
    pValue: numberOf(value.pValue) ?? 1,
    drifted: value.drifted === true,
  };
}
