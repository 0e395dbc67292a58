import { planBatch, type PlanEngine } from '@plinth/batching';
import { PlatformError, type BatchEngine, type BatchModel } from '@plinth/contracts';
import { priceOf } from '@plinth/gateway';
import type { Clock } from '@plinth/stores';
import type { BatchRecord } from '@plinth/stores/batches';
import type { ChosenEngine, CutBatch } from '../work/prepare.ts';

type Figures = Pick<
  PlanEngine,
  'inputTokensPerSecond' | 'outputTokensPerSecond' | 'startDelayMs' | 'interruptionsPerHour'
>;

const MINUTE = 60_000;

/**
 * What is assumed of an engine that one batch has for itself: rough, and on the slow side, to tell a deadline that can be kept from one that cannot.
 * Bedrock promises nothing; the others are one machine of the stack's defaults, and what it takes to start it.
 */
const FIGURES: Readonly<Record<BatchEngine, Figures>> = {
  bedrock: { inputTokensPerSecond: 40_000, outputTokensPerSecond: 8_000, startDelayMs: 60 * MINUTE },
  spot: {
    inputTokensPerSecond: 20_000,
    outputTokensPerSecond: 2_000,
    startDelayMs: 15 * MINUTE,
    interruptionsPerHour: 0.1,
  },
  transform: { inputTokensPerSecond: 10_000, outputTokensPerSecond: 1_000, startDelayMs: 12 * MINUTE },
  async: { inputTokensPerSecond: 10_000, outputTokensPerSecond: 1_000, startDelayMs: 10 * MINUTE },
};

/** Answers are shorter than they may be. */
const EXPECTED = 0.5;

/** The engine of a batch: what it asks for, or else the cheapest that is through in time. Throws `invalid_request` where none runs its model. */
export function chooseEngine(
  { catalog, clock }: { readonly catalog: readonly BatchModel[]; readonly clock: Clock },
  { request: { plinth }, expiresAt }: BatchRecord,
  { model: name, records, worstCase }: CutBatch,
): ChosenEngine {
  const { inputTokens, outputTokens } = worstCase;
  const { chosen, rejected } = planBatch(enginesIn(catalog), {
    model: name,
    records,
    inputTokens,
    outputTokens: { expected: outputTokens * EXPECTED, worst: outputTokens },
    now: clock.now(),
    deadline: expiresAt,
    // The windows of AWS are the queue's: whoever is here does not wait any more.
    offPeak: false,
    engine: plinth?.engine,
  });
  const price = catalog.find(({ id }) => id === name)?.engines[chosen?.engine as BatchEngine];
  if (chosen === undefined || price === undefined)
    throw new PlatformError('invalid_request', `No engine runs the batch. ${told(rejected)}`, {
      param: 'plinth.engine',
    });
  return { engine: chosen.engine, reasons: chosen.reasons, worstCase: priceOf(worstCase, price) };
}

function enginesIn(catalog: readonly BatchModel[]): readonly PlanEngine[] {
  return (Object.keys(FIGURES) as BatchEngine[]).flatMap((name) => {
    const models = catalog.flatMap(({ id, engines }) =>
      engines[name] === undefined ? [] : [[id, engines[name]] as const],
    );
    return models.length === 0 ? [] : [{ name, models: Object.fromEntries(models), ...FIGURES[name] }];
  });
}

function told(rejected: readonly { readonly engine: string; readonly reason: string }[]): string {
  return rejected.map(({ engine, reason }) => `${engine}: ${reason}`).join(' ');
}
