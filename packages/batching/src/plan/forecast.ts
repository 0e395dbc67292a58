import { Schedule } from '../run/windows.ts';
import type { PlanEngine, PlanJob, PlannedRun, PlanPrice } from './plan-engine.ts';

/** Time kept in hand, as a part of what is expected. */
const RESERVE = 1.25;
const HOUR = 3_600_000;

/** When an engine would be through with a job on one of its models, and for how much. */
export function forecast(engine: PlanEngine, job: PlanJob, model: string, qualityLoss: number): PlannedRun {
  const price = engine.models[model]!;
  const { startAt, endAt, outsideWindow } = times(engine, job, workMs(engine, job));
  const quote = {
    expected: nanoUsd(job.inputTokens, job.outputTokens.expected, price),
    worst: nanoUsd(job.inputTokens, job.outputTokens.worst, price),
  };
  const keepsDeadline = endAt <= job.deadline;
  return { engine: engine.name, model, qualityLoss, startAt, endAt, quote, outsideWindow, keepsDeadline };
}

/** With some time in hand, and with the time that interruptions take: each costs another start. */
function workMs(engine: PlanEngine, { inputTokens, outputTokens }: PlanJob): number {
  const seconds = inputTokens / engine.inputTokensPerSecond + outputTokens.expected / engine.outputTokensPerSecond;
  const interruptions = 1 + ((engine.interruptionsPerHour ?? 0) * engine.startDelayMs) / HOUR;
  return Math.ceil(seconds * 1_000 * RESERVE * interruptions);
}

function times(engine: PlanEngine, { now, deadline, offPeak = true }: PlanJob, workMs: number) {
  const needed = engine.startDelayMs + workMs;
  const atOnce = { startAt: now, endAt: now + needed, outsideWindow: false };
  if (engine.windows === undefined || !offPeak) return atOnce;
  const schedule = new Schedule(engine.windows);
  const startAt = schedule.opensAt(now, deadline);
  const endAt = schedule.after(needed, now, deadline);
  if (startAt === undefined || endAt === undefined) return { ...atOnce, outsideWindow: true };
  return { startAt, endAt, outsideWindow: false };
}

function nanoUsd(inputTokens: number, outputTokens: number, price: PlanPrice): number {
  return Math.ceil((inputTokens * price.input + outputTokens * price.output) * 1_000);
}
