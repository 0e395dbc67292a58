import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecast } from './forecast.ts';
import { planBatch } from './plan-batch.ts';
import type { PlanEngine, PlanJob, PlanSubstitute } from './plan-engine.ts';

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 10, 30, 12);

const engine = (name: string, more: Partial<PlanEngine> = {}): PlanEngine => ({
  name,
  models: { large: { input: 1, output: 2 } },
  inputTokensPerSecond: 1_000,
  outputTokensPerSecond: 100,
  startDelayMs: 60_000,
  ...more,
});
const job = (more: Partial<PlanJob> = {}): PlanJob => ({
  model: 'large',
  records: 1_000,
  inputTokens: 1_000_000,
  outputTokens: { expected: 100_000, worst: 400_000 },
  now: NOON,
  deadline: NOON + 24 * HOUR,
  ...more,
});

describe('a plan', () => {
  it('takes the cheapest engine that is through in time, with what it is expected to cost and what it can', () => {
    const slow = engine('slow', { models: { large: { input: 0.1, output: 0.1 } }, outputTokensPerSecond: 1 });
    const plan = planBatch(
      [engine('dear', { models: { large: { input: 2, output: 4 } } }), engine('fair'), slow],
      job(),
    );
    expect(plan.chosen).toMatchObject({
      engine: 'fair',
      startAt: NOON,
      // 1,000 s for the prompts and as much for the answers, a quarter of it in hand, and a minute to begin.
      endAt: NOON + 2_500_000 + 60_000,
      quote: { expected: 1.2e9, worst: 1.8e9 },
      keepsDeadline: true,
    });
    expect(plan.chosen!.reasons).toEqual([
      'fair is the cheapest that is through in time: $1.2 expected, $1.8 at most.',
    ]);
    expect(plan.rejected).toEqual([
      { engine: 'dear', model: 'large', reason: 'It would cost $1.2 more.' },
      {
        engine: 'slow',
        model: 'large',
        reason: expect.stringContaining('would not be through before 2026-12-01') as string,
      },
    ]);
  });

  it('takes the engine that was asked for, and says so', () => {
    const engines = [engine('cheap'), engine('dear', { models: { large: { input: 9, output: 9 } } })];
    const plan = planBatch(engines, job({ engine: 'dear' }));
    expect(plan.chosen).toMatchObject({ engine: 'dear', reasons: ['dear was asked for.'] });
    expect(plan.rejected).toEqual([{ engine: 'cheap', model: 'large', reason: 'dear was asked for.' }]);
  });

  it('has nothing to choose where nothing runs the model, or takes so few records', () => {
    const engines = [
      engine('other', { models: {} }),
      engine('bulk', { minRecords: 5_000 }),
      engine('tiny', { maxRecords: 5 }),
    ];
    expect(planBatch(engines, job())).toEqual({
      chosen: undefined,
      rejected: [
        { engine: 'other', model: 'large', reason: 'It does not run large.' },
        { engine: 'bulk', model: 'large', reason: 'It takes no fewer than 5000 records.' },
        { engine: 'tiny', model: 'large', reason: 'It takes no more than 5 records.' },
      ],
    });
  });

  it('takes what comes closest where no engine keeps the deadline, and says that it will be missed', () => {
    const engines = [engine('slow', { outputTokensPerSecond: 10 }), engine('fast')];
    const { chosen } = planBatch(engines, job({ deadline: NOON + 600_000 }));
    expect(chosen).toMatchObject({ engine: 'fast', keepsDeadline: false });
    expect(chosen!.reasons.join(' ')).toContain('likely missed');
  });

  it('waits for the window of an engine while the deadline leaves time, and otherwise does not', () => {
    const nights = { timeZone: 'UTC', hours: [{ from: '22:00', to: '06:00' }] };
    const plan = (more: Partial<PlanJob>) => planBatch([engine('night', { windows: nights })], job(more)).chosen!;
    expect(plan({})).toMatchObject({ startAt: NOON + 10 * HOUR, endAt: NOON + 10 * HOUR + 2_560_000 });
    expect(plan({ deadline: NOON + 5 * HOUR })).toMatchObject({
      startAt: NOON,
      outsideWindow: true,
      keepsDeadline: true,
    });
    expect(plan({ offPeak: false })).toMatchObject({ startAt: NOON, outsideWindow: false });
    expect(plan({}).reasons.at(-1)).toContain('off-peak window, 2026-11-30 22:00 UTC');
  });

  it('counts on the interruptions of Spot', () => {
    const calm = forecast(engine('calm', { startDelayMs: HOUR / 4 }), job(), 'large', 0);
    const spot = forecast(engine('spot', { startDelayMs: HOUR / 4, interruptionsPerHour: 0.4 }), job(), 'large', 0);
    expect(spot.endAt - NOON - HOUR / 4).toBeCloseTo(1.1 * (calm.endAt - NOON - HOUR / 4), -1);
  });

  it('takes a smaller model only as far as the quality may fall, and tells what is lost', () => {
    const engines = [
      engine('both', {
        models: { large: { input: 1, output: 2 }, tiny: { input: 0.1, output: 0.2 }, small: { input: 0.5, output: 1 } },
      }),
    ];
    const substitutes: PlanSubstitute[] = [
      { model: 'small', inPlaceOf: 'large', qualityLoss: 0.01 },
      { model: 'tiny', inPlaceOf: 'large', qualityLoss: 0.2 },
    ];
    expect(planBatch(engines, job(), substitutes).chosen).toMatchObject({ model: 'large', qualityLoss: 0 });
    const plan = planBatch(engines, job({ qualityLoss: 0.05 }), substitutes);
    expect(plan.chosen).toMatchObject({ model: 'small', qualityLoss: 0.01, quote: { expected: 0.6e9 } });
    expect(plan.chosen!.reasons).toContain('small stands in for large: it loses 1% of the quality.');
    expect(plan.rejected).toContainEqual({
      engine: 'both',
      model: 'tiny',
      reason: 'tiny loses 20% of the quality; at most 5% may be lost.',
    });
  });
});

describe('whatever engines and jobs there are', () => {
  const models = ['large', 'small', 'tiny'];
  const price = fc.record({
    input: fc.double({ min: 0, max: 50, noNaN: true }),
    output: fc.double({ min: 0, max: 50, noNaN: true }),
  });
  const anEngine = fc.record({
    models: fc.dictionary(fc.constantFrom(...models), price),
    inputTokensPerSecond: fc.integer({ min: 1, max: 100_000 }),
    outputTokensPerSecond: fc.integer({ min: 1, max: 10_000 }),
    startDelayMs: fc.integer({ min: 0, max: 2 * HOUR }),
    minRecords: fc.integer({ min: 1, max: 200 }),
    interruptionsPerHour: fc.double({ min: 0, max: 2, noNaN: true }),
    windows: fc.option(
      fc.constantFrom({ timeZone: 'UTC', hours: [{ from: '22:00', to: '06:00' }] }, { timeZone: 'UTC', hours: [] }),
      { nil: undefined },
    ),
  });
  const engines = fc
    .array(anEngine, { maxLength: 6 })
    .map((all) => all.map((engine, index): PlanEngine => ({ name: `e${index}`, ...engine })));
  const aJob = fc
    .record({
      records: fc.integer({ min: 1, max: 1_000 }),
      inputTokens: fc.integer({ min: 1, max: 10_000_000 }),
      expected: fc.integer({ min: 1, max: 1_000_000 }),
      more: fc.integer({ min: 0, max: 1_000_000 }),
      window: fc.integer({ min: 60_000, max: 72 * HOUR }),
      qualityLoss: fc.constantFrom(0, 0.02, 0.5),
      offPeak: fc.boolean(),
    })
    .map(({ expected, more, window, ...rest }) =>
      job({ ...rest, outputTokens: { expected, worst: expected + more }, deadline: NOON + window }),
    );
  const substitutes: PlanSubstitute[] = [
    { model: 'small', inPlaceOf: 'large', qualityLoss: 0.01 },
    { model: 'tiny', inPlaceOf: 'large', qualityLoss: 0.3 },
  ];
  /** Every way there is, worked out apart from the plan. */
  const ways = (engines: readonly PlanEngine[], job: PlanJob) =>
    engines.flatMap((engine) =>
      [{ model: 'large', qualityLoss: 0 }, ...substitutes]
        .filter(({ model, qualityLoss }) => engine.models[model] !== undefined && qualityLoss <= job.qualityLoss!)
        .filter(() => job.records >= engine.minRecords!)
        .map(({ model, qualityLoss }) => forecast(engine, job, model, qualityLoss)),
    );

  it('a plan misses no deadline that another way would keep, and none that keeps it is cheaper', () => {
    fc.assert(
      fc.property(engines, aJob, (engines, job) => {
        const { chosen } = planBatch(engines, job, substitutes);
        const all = ways(engines, job);
        expect(chosen === undefined).toBe(all.length === 0);
        if (chosen === undefined) return;
        const inTime = all.filter(({ endAt }) => endAt <= job.deadline);
        expect(chosen.endAt <= job.deadline).toBe(inTime.length > 0);
        for (const { quote } of inTime) expect(chosen.quote.expected).toBeLessThanOrEqual(quote.expected);
        if (inTime.length === 0) expect(chosen.endAt).toBe(Math.min(...all.map(({ endAt }) => endAt)));
        expect(chosen.quote.worst).toBeGreaterThanOrEqual(chosen.quote.expected);
        expect(chosen.startAt).toBeGreaterThanOrEqual(job.now);
        expect(chosen.endAt).toBeGreaterThan(chosen.startAt);
        expect(chosen.qualityLoss).toBeLessThanOrEqual(job.qualityLoss!);
      }),
      { numRuns: 500 },
    );
  });

  it('every way is chosen or rejected with a reason, once', () => {
    fc.assert(
      fc.property(engines, aJob, (engines, job) => {
        const { chosen, rejected } = planBatch(engines, job, substitutes);
        const looked = job.qualityLoss! > 0 ? models : ['large'];
        const told = [...rejected, ...(chosen === undefined ? [] : [chosen])].map(
          ({ engine, model }) => `${engine} ${model}`,
        );
        expect(told.sort()).toEqual(engines.flatMap(({ name }) => looked.map((model) => `${name} ${model}`)).sort());
        for (const { reason } of rejected) expect(reason).toMatch(/^[A-Za-z].*\.$/);
      }),
    );
  });
});
