import { forecast } from './forecast.ts';
import type { EngineChoice, PlanEngine, PlanJob, PlannedRun, PlanRejection, PlanSubstitute } from './plan-engine.ts';

/**
 * Chooses how a job is run: of all ways that keep its deadline the cheapest by what is expected, and of equals the earliest to end. Where none
 * keeps it, the one that comes closest. A pure function of what it is given.
 */
export function planBatch(
  engines: readonly PlanEngine[],
  job: PlanJob,
  substitutes: readonly PlanSubstitute[] = [],
): EngineChoice {
  const rejected: PlanRejection[] = [];
  const runs: PlannedRun[] = [];
  for (const engine of engines)
    for (const { model, qualityLoss } of modelsFor(job, substitutes)) {
      const reason = whyNot(engine, job, model, qualityLoss);
      if (reason === undefined) runs.push(forecast(engine, job, model, qualityLoss));
      else rejected.push({ engine: engine.name, model, reason });
    }
  const [best, ...others] = runs.sort(preferred);
  if (best === undefined) return { chosen: undefined, rejected };
  for (const run of others) rejected.push({ engine: run.engine, model: run.model, reason: whyRather(best, run) });
  return { chosen: { ...best, reasons: reasonsFor(best, job, others.length) }, rejected };
}

/** The model itself, and what may be looked at in its place. */
function modelsFor(job: PlanJob, substitutes: readonly PlanSubstitute[]) {
  const inPlace = substitutes.filter(({ inPlaceOf, qualityLoss }) => inPlaceOf === job.model && qualityLoss >= 0);
  return [{ model: job.model, qualityLoss: 0 }, ...((job.qualityLoss ?? 0) > 0 ? inPlace : [])];
}

function whyNot(engine: PlanEngine, job: PlanJob, model: string, qualityLoss: number): string | undefined {
  const { minRecords = 1, maxRecords = Number.POSITIVE_INFINITY } = engine;
  if (job.engine !== undefined && job.engine !== engine.name) return `${job.engine} was asked for.`;
  if (engine.models[model] === undefined) return `It does not run ${model}.`;
  if (qualityLoss > (job.qualityLoss ?? 0))
    return `${model} loses ${percent(qualityLoss)} of the quality; at most ${percent(job.qualityLoss ?? 0)} may be lost.`;
  if (job.records < minRecords) return `It takes no fewer than ${minRecords} records.`;
  if (job.records > maxRecords) return `It takes no more than ${maxRecords} records.`;
  return undefined;
}

/** Negative where the first is to be preferred. */
function preferred(a: PlannedRun, b: PlannedRun): number {
  if (a.keepsDeadline !== b.keepsDeadline) return a.keepsDeadline ? -1 : 1;
  const [price, end] = [a.quote.expected - b.quote.expected, a.endAt - b.endAt];
  return (a.keepsDeadline ? price || end : end || price) || a.qualityLoss - b.qualityLoss;
}

function whyRather(best: PlannedRun, { quote, endAt, keepsDeadline }: PlannedRun): string {
  if (best.keepsDeadline && !keepsDeadline) return `It would not be through before ${instant(endAt)}.`;
  const dearer = quote.expected - best.quote.expected;
  if (!best.keepsDeadline) return `It would be through later, ${instant(endAt)}.`;
  if (dearer > 0) return `It would cost ${dollars(dearer)} more.`;
  return endAt > best.endAt ? `It costs as much, and would be through later.` : `It is as good, and comes after it.`;
}

function reasonsFor(best: PlannedRun, job: PlanJob, others: number): string[] {
  const reasons = [
    job.engine !== undefined
      ? `${best.engine} was asked for.`
      : others === 0
        ? `${best.engine} is the only engine that can run it.`
        : best.keepsDeadline
          ? `${best.engine} is the cheapest that is through in time: ${dollars(best.quote.expected)} expected, ${dollars(best.quote.worst)} at most.`
          : `${best.engine} is through first.`,
  ];
  if (best.model !== job.model)
    reasons.push(`${best.model} stands in for ${job.model}: it loses ${percent(best.qualityLoss)} of the quality.`);
  if (!best.keepsDeadline)
    reasons.push(`The deadline is likely missed: it is through at about ${instant(best.endAt)}.`);
  if (best.outsideWindow) reasons.push('It does not wait for the off-peak window: the deadline leaves no time.');
  else if (best.startAt > job.now) reasons.push(`It waits for the off-peak window, ${instant(best.startAt)}.`);
  return reasons;
}

function percent(part: number): string {
  return `${(part * 100).toLocaleString('en-US', { maximumFractionDigits: 2 })}%`;
}

function dollars(nanoUsd: number): string {
  return `$${(nanoUsd / 1e9).toLocaleString('en-US', { maximumSignificantDigits: 3 })}`;
}

function instant(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ') + ' UTC';
}
