/** Runs of one batch: the first works through it; each other ends what the one before left. */
export const MOST_RUNS = 4;

/** A run's name is used once, so whoever starts it again starts nothing. */
export function runName(batchId: string, turn: number): string {
  return `${batchId}-${turn}`;
}

/** Which run of which batch a name is; undefined for a run that somebody started by hand. */
export function runOf(name: string): { readonly batchId: string; readonly turn: number } | undefined {
  const [, batchId, turn] = /^(batch_[0-9a-f]+)-(\d)$/.exec(name) ?? [];
  return batchId === undefined ? undefined : { batchId, turn: Number(turn) };
}
