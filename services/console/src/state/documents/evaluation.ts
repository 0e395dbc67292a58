import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { Endpoint } from '../../api/endpoint.ts';
import { evaluate } from '../../api/rag/evaluation.ts';
import type { EvaluationConfig, EvaluationResult, Questions } from '../../api/rag/evaluation.ts';
import type { Problem } from '../../api/problem.ts';
import { problemOf } from '../attempt.ts';

export interface EvaluationRun {
  name: string;
  config: EvaluationConfig;
  progress?: { done: number; total: number };
  result?: EvaluationResult;
}

export interface EvaluationState {
  readonly runs: ReadonlySignal<readonly EvaluationRun[]>;
  readonly running: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<Problem | undefined>;
  /** Runs the same questions under each configuration, one after the other: side by side they would slow each other and falsify the times. */
  start(questions: Questions, configs: readonly EvaluationConfig[]): Promise<void>;
  stop(): void;
  clear(): void;
}

export function createEvaluation(endpoint: Endpoint, key: () => string | undefined): EvaluationState {
  const runs = signal<readonly EvaluationRun[]>([]);
  const running = signal(false);
  const problem = signal<Problem | undefined>(undefined);
  let controller: AbortController | undefined;

  function change(index: number, part: Partial<EvaluationRun>): void {
    runs.value = runs.value.map((run, at) => (at === index ? { ...run, ...part } : run));
  }

  return {
    runs,
    running,
    problem,
    async start(questions, configs) {
      const held = key();
      if (held === undefined || running.value) return;
      const mine = new AbortController();
      controller = mine;
      running.value = true;
      problem.value = undefined;
      runs.value = configs.map((config, index) => ({ name: `${'AB'[index] ?? index + 1}`, config }));
      try {
        for (const [index, config] of configs.entries()) {
          change(index, { progress: { done: 0, total: 0 } });
          const result = await evaluate(endpoint, held, {
            questions,
            config,
            signal: mine.signal,
            onProgress: (done, total) => change(index, { progress: { done, total } }),
          });
          change(index, { result });
        }
      } catch (error) {
        if (!mine.signal.aborted) problem.value = problemOf(error);
      } finally {
        if (controller === mine) running.value = false;
      }
    },
    stop: () => controller?.abort(),
    clear() {
      controller?.abort();
      controller = undefined;
      running.value = false;
      runs.value = [];
      problem.value = undefined;
    },
  };
}
