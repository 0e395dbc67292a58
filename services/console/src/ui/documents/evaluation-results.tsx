import type { EvaluationRun } from '../../state/documents/evaluation.ts';
import { betterOf, formatMetric, metricWords } from '../../text/metric-words.ts';

/** Metrics of both configurations: shares as bars, and everything as a table. */
export function EvaluationResults({ runs }: { runs: readonly EvaluationRun[] }) {
  const done = runs.filter(({ result }) => result !== undefined);
  const names = [...new Set(done.flatMap(({ result }) => Object.keys(result?.totals ?? {})))];
  if (names.length === 0) return null;
  const shares = names.filter((name) => metricWords(name).unit === 'share');
  return (
    <section class="results" aria-label="Results">
      <h2>Side by side</h2>
      {shares.length > 0 && <SharesChart runs={done} names={shares} />}
      <div class="wide-table">
        <table>
          <thead>
            <tr>
              <th scope="col">Metric</th>
              {done.map(({ name }) => (
                <th key={name} scope="col" class="number">
                  <span class={`key ${name === 'A' ? 'first' : 'second'}`} aria-hidden="true" />
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((name) => {
              const values = done.map(({ result }) => result?.totals[name]);
              const better = betterOf(name, values[0], values[1]);
              return (
                <tr key={name}>
                  <th scope="row">{metricWords(name).title}</th>
                  {values.map((value, index) => (
                    <td key={index} class="number">
                      {better === index ? (
                        <strong title="Better">{formatMetric(name, value)} ✓</strong>
                      ) : (
                        formatMetric(name, value)
                      )}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const WIDTH = 480;
const EDGE = 4;
/** Room for the number at the end of a bar. */
const SCALE = WIDTH - EDGE - 76;
const BAR = 14;
const LABEL = 20;
const GAP = 14;

/** The table beside it says the same in words, so the picture is one image to a screen reader. */
function SharesChart({ runs, names }: { runs: readonly EvaluationRun[]; names: readonly string[] }) {
  const group = LABEL + runs.length * BAR + GAP;
  const height = names.length * group + 22;
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="img"
      aria-label="Shares of each configuration; the same as in the table below"
    >
      {[0, 0.25, 0.5, 0.75, 1].map((share) => (
        <g key={share}>
          <line class="grid" x1={EDGE + share * SCALE} x2={EDGE + share * SCALE} y1={4} y2={height - 22} />
          <text class="tick" x={EDGE + share * SCALE} y={height - 6} text-anchor={share === 0 ? 'start' : 'middle'}>
            {share}
          </text>
        </g>
      ))}
      {names.map((name, at) => (
        <g key={name}>
          <text class="metric" x={EDGE} y={at * group + LABEL - 6}>
            {metricWords(name).title}
          </text>
          {runs.map(({ name: run, result }, index) => {
            const value = result?.totals[name];
            if (value === undefined) return null;
            const y = at * group + LABEL + index * BAR;
            const width = Math.min(1, Math.max(0, value)) * SCALE;
            return (
              <g key={run}>
                <rect class={run === 'A' ? 'first' : 'second'} x={EDGE} y={y} width={width} height={BAR - 2} rx={2} />
                <text class="tick" x={EDGE + width + 5} y={y + BAR - 3}>
                  {run} {formatMetric(name, value)}
                </text>
              </g>
            );
          })}
        </g>
      ))}
    </svg>
  );
}
