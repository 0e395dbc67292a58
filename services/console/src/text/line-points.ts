/** Where a line goes, in the chart's own units; y grows downwards. */
export type Point = readonly [x: number, y: number];

/**
 * Values spread evenly from edge to edge, 0 at the bottom and `most` at the top. A missing value ends one line, and the next value starts
 * another: nothing is drawn over days of which nothing is known.
 */
export function linePoints(
  values: readonly (number | undefined)[],
  { width, height, edge, most }: { width: number; height: number; edge: number; most: number },
): Point[][] {
  const lines: Point[][] = [[]];
  for (const [index, value] of values.entries()) {
    if (value === undefined) {
      if (lines.at(-1)?.length !== 0) lines.push([]);
      continue;
    }
    const share = most <= 0 ? 0 : Math.min(1, Math.max(0, value / most));
    const x = values.length === 1 ? width / 2 : edge + (index * (width - 2 * edge)) / (values.length - 1);
    lines.at(-1)?.push([tenth(x), tenth(edge + (1 - share) * (height - 2 * edge))]);
  }
  return lines.filter((line) => line.length > 0);
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
