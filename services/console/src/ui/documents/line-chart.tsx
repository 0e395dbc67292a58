import { linePoints } from '../../text/line-points.ts';

interface LineChartProps {
  title: string;
  labels: readonly string[];
  /** One a label; undefined where there was nothing to measure, which breaks the line. */
  values: readonly (number | undefined)[];
  format: (value: number) => string;
  /** Top of the scale. @default the largest value */
  most?: number;
}

const WIDTH = 320;
const HEIGHT = 96;
const EDGE = 6;

/** A small line chart, with its numbers in a table that can be opened. */
export function LineChart({ title, labels, values, format, most }: LineChartProps) {
  const top = most ?? Math.max(1, ...values.map((value) => value ?? 0));
  const lines = linePoints(values, { width: WIDTH, height: HEIGHT, edge: EDGE, most: top });
  const last = values.findLast((value) => value !== undefined);
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      <p class="latest-value">{last === undefined ? '–' : format(last)}</p>
      <svg
        class="chart"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${title} by day; the numbers are in the table below`}
      >
        {[0, 0.5, 1].map((share) => {
          const y = EDGE + (1 - share) * (HEIGHT - 2 * EDGE);
          return <line key={share} class="grid" x1={EDGE} x2={WIDTH - EDGE} y1={y} y2={y} />;
        })}
        {lines.map((points, index) => (
          <polyline key={index} class="line" points={points.map(([x, y]) => `${x},${y}`).join(' ')} />
        ))}
        {lines.flat().map(([x, y]) => (
          <circle key={x} class="dot" cx={x} cy={y} r={2.5} />
        ))}
      </svg>
      <p class="ends">
        <span>{labels[0]}</span>
        <span>{labels.length > 1 ? labels.at(-1) : ''}</span>
      </p>
      <details>
        <summary>Numbers</summary>
        <table>
          <tbody>
            {labels.map((label, index) => {
              const value = values[index];
              return (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  <td class="number">{value === undefined ? '–' : format(value)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </details>
    </section>
  );
}
