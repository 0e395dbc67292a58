import { cpuUsage } from 'node:process';
import { generateTrace, simulateDay, TRACE_SHAPES } from '@plinth/simulation';

/** Seconds for a day at 1,000 requests a second with all strategies. */
const GOAL_SECONDS = 20;

/** A day of each shape in all strategies: how long it takes, and what it says. */
export function benchSimulate(): void {
  for (const shape of TRACE_SHAPES) {
    const before = cpuUsage();
    const started = performance.now();
    const day = simulateDay({ trace: generateTrace(shape, { peak: 1_000, hours: 24, seed: 1 }), seed: 1 });
    const seconds = (performance.now() - started) / 1_000;
    const cpu = cpuUsage(before).user / 1e6;
    const passed = `${seconds.toFixed(1)} s (${cpu.toFixed(1)} s of CPU; goal ${GOAL_SECONDS})`;
    console.log(`${seconds <= GOAL_SECONDS ? 'met   ' : 'MISSED'}  ${shape.padEnd(8)} ${passed}: ${day.verdict.words}`);
  }
}
