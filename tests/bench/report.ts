import type { Row } from './gateway.ts';

/** The rows as a table, and each goal with what was reached. */
export function printReport(rows: readonly Row[]): void {
  const columns = [
    'scenario',
    'conn',
    'target',
    'req/s',
    'p50 ms',
    'p99 ms',
    'TTFT p50',
    'TTFT p99',
    'CPU µs/req',
    'CPU µs/token',
    'failed',
  ];
  const table = rows.map((row) => [
    row.scenario,
    String(row.connections),
    row.target,
    row.requestsPerSecond.toFixed(1),
    row.p50Ms.toFixed(2),
    row.p99Ms.toFixed(2),
    row.ttftP50Ms.toFixed(2),
    row.ttftP99Ms.toFixed(2),
    row.cpuPerRequestUs?.toFixed(0) ?? '',
    row.cpuPerTokenUs?.toFixed(1) ?? '',
    row.failed === 0 ? '' : String(row.failed),
  ]);
  const widths = columns.map((column, i) => Math.max(column.length, ...table.map((line) => line[i]!.length)));
  const print = (line: string[]) =>
    console.log(
      line.map((cell, i) => (i === 0 || i === 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
    );
  print(columns);
  for (const line of table) print(line);
  console.log();
  for (const goal of goals(rows)) console.log(`${goal.met ? 'met   ' : 'MISSED'}  ${goal.text}`);
}

interface Goal {
  readonly text: string;
  readonly met: boolean;
}

export function goals(rows: readonly Row[]): Goal[] {
  const find = (scenario: string, connections: number, target: Row['target']) =>
    rows.find((row) => row.scenario === scenario && row.connections === connections && row.target === target);
  const result: Goal[] = [];
  const ratio = (
    label: string,
    scenario: string,
    connections: number,
    field: 'requestsPerSecond' | 'cpuPerRequestUs',
    bound: number,
    atLeast: boolean,
  ) => {
    const governed = find(scenario, connections, 'governed')?.[field];
    const plain = find(scenario, connections, 'plain proxy')?.[field];
    if (governed === undefined || plain === undefined || plain === 0) return;
    const value = governed / plain;
    const met = atLeast ? value >= bound : value <= bound;
    result.push({
      met,
      text: `${label}, ${scenario}, ${connections} connections: ${value.toFixed(2)} of the plain proxy's (goal ${atLeast ? 'at least' : 'at most'} ${bound})`,
    });
  };
  for (const connections of [1, 32, 128])
    ratio('requests/s', 'whole answer, instant', connections, 'requestsPerSecond', 0.45, true);
  for (const connections of [1, 32, 128])
    ratio('CPU per request', 'whole answer, instant', connections, 'cpuPerRequestUs', 2, false);
  for (const connections of [1, 32, 128])
    ratio('requests/s', 'whole answer, paced', connections, 'requestsPerSecond', 0.45, true);
  for (const connections of [1, 32, 128])
    ratio('requests/s', 'stream, instant', connections, 'requestsPerSecond', 0.45, true);
  for (const connections of [1, 32, 128, 512])
    ratio('requests/s', 'stream, paced', connections, 'requestsPerSecond', 0.45, true);
  for (const scenario of ['stream, paced', 'stream, paced, after 1,000 aborts']) {
    for (const connections of [128, 512]) ratio('CPU per stream', scenario, connections, 'cpuPerRequestUs', 1.5, false);
    const at = (connections: number, target: Row['target']) =>
      find(scenario, connections, target)?.ttftP99Ms ?? Number.NaN;
    const added = at(128, 'governed') - at(128, 'upstream');
    result.push({
      met: added <= 10,
      text: `TTFT p99, ${scenario}, 128 connections: ${added.toFixed(1)} ms over the upstream alone (goal at most 10)`,
    });
    const times = at(512, 'governed') / at(512, 'upstream');
    result.push({
      met: times <= 2,
      text: `TTFT p99, ${scenario}, 512 connections: ${times.toFixed(2)} times the upstream alone (goal at most 2)`,
    });
  }
  return result;
}
