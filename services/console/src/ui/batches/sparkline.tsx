import type { Throughput } from '../../state/batches/throughput.ts';
import { rateWords } from '../../text/batch-words.ts';
import { spanWords } from '../../text/numbers.ts';
import { linePoints } from '../../text/line-points.ts';

const WIDTH = 320;
const HEIGHT = 72;
const EDGE = 4;

/** Requests a second over the time that this page has watched. */
export function Sparkline({ throughput }: { throughput: Throughput | undefined }) {
  if (throughput === undefined)
    return <p class="help">A line is drawn here once the page has watched it for a few looks.</p>;
  const { rates, span } = throughput;
  const most = Math.max(...rates);
  const size = { width: WIDTH, height: HEIGHT, edge: EDGE, most: most <= 0 ? 1 : most };
  const points = linePoints(rates, size).flat();
  const line = points.map(([x, y]) => `${x},${y}`).join(' ');
  const [first, last] = [points[0], points.at(-1)];
  const least = rateWords(Math.min(...rates));
  return (
    <>
      <svg
        class="chart"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Rate in the last ${spanWords(span)}: between ${least} and ${rateWords(most)}`}
      >
        <line class="grid" x1={EDGE} x2={WIDTH - EDGE} y1={HEIGHT - EDGE} y2={HEIGHT - EDGE} />
        {first !== undefined && last !== undefined && points.length > 1 && (
          <polygon class="area" points={`${first[0]},${HEIGHT - EDGE} ${line} ${last[0]},${HEIGHT - EDGE}`} />
        )}
        <polyline class="line" points={line} />
        {last !== undefined && <circle class="end" cx={last[0]} cy={last[1]} r={3} />}
      </svg>
      <p class="ends">
        <span>{spanWords(span)} watched</span>
        <span>at most {rateWords(most)}</span>
      </p>
    </>
  );
}
