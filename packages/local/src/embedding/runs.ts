/** Most texts in one run of the model. A run of more is not faster on one thread, and holds its memory longer. */
const MAX_TEXTS = 8;
/** Of a run's tokens, at most this part may be padding: the model reads padding as slowly as text. */
const MAX_PADDING = 0.1;

/** Groups texts by length for the model, which reads a rectangle: the positions of each run's texts, longest first. */
export function toRuns(lengths: readonly number[]): number[][] {
  const lengthOf = (position: number) => lengths[position] ?? 0;
  const order = lengths.map((_, position) => position).sort((a, b) => lengthOf(b) - lengthOf(a));
  const runs: number[][] = [];
  let run: number[] = [];
  let used = 0;
  for (const position of order) {
    const width = lengthOf(run[0] ?? position);
    const padding = 1 - (used + lengthOf(position)) / (width * (run.length + 1));
    if (run.length > 0 && (run.length === MAX_TEXTS || padding > MAX_PADDING)) {
      runs.push(run);
      run = [];
      used = 0;
    }
    run.push(position);
    used += lengthOf(position);
  }
  if (run.length > 0) runs.push(run);
  return runs;
}
