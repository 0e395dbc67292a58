import {
  EVALUATION_BOUNDS,
  PlatformError,
  type ErrorCode,
  type EvaluatedQuestion,
  type EvaluationConfig,
  type EvaluationQuestion,
  type EvaluationResult,
} from '@plinth/contracts';
import type { EvaluatedAnswer, Supports } from './answer.ts';
import { gradesOf, measure, type Measured } from './metrics.ts';
import { answerable, documentsOf } from './ranking.ts';
import { summarize } from './summarize.ts';

export interface AskOptions {
  readonly config: EvaluationConfig;
  readonly signal: AbortSignal;
}

/** What an evaluation works over: the service in process, or over HTTP. */
export interface EvaluationPorts {
  search(question: string, options: AskOptions): Promise<readonly { readonly documentId: string }[]>;
  /** Absent where no answers can be had. */
  readonly answer?: (question: string, options: AskOptions) => Promise<EvaluatedAnswer>;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface EvaluationOptions {
  /** The caller's: questions meant for others are passed over. */
  readonly groups: readonly string[];
  readonly config: EvaluationConfig;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  /** @default 4 */
  readonly concurrency?: number;
  readonly supports?: Supports;
}

/** After these the other questions would fail as well, or cost what nobody has. */
const FATAL: readonly ErrorCode[] = [
  'budget_exceeded',
  'invalid_api_key',
  'invalid_token',
  'permission_denied',
  'model_not_found',
  'unsupported_feature',
  'configuration',
  'client_closed',
];
const ATTEMPTS = 5;
const LONGEST_WAIT_MS = 60_000;

/** Asks every question once, a few at a time, and measures what comes back. Throws when it is aborted or cannot go on. */
export async function runEvaluation(
  questions: readonly EvaluationQuestion[],
  ports: EvaluationPorts,
  options: EvaluationOptions,
): Promise<EvaluationResult> {
  const { config, groups, onProgress, concurrency = 4 } = options;
  if (config.answers && ports.answer === undefined)
    throw new PlatformError('unsupported_feature', 'Answers are not evaluated here. Ask with "answers": false.');
  if (config.answers && questions.length > EVALUATION_BOUNDS.answers)
    throw new PlatformError(
      'invalid_request',
      `One evaluation asks for at most ${EVALUATION_BOUNDS.answers} answers. Split the question set.`,
    );
  const results: EvaluatedQuestion[] = [];
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  let [next, done] = [0, 0];
  const worker = async () => {
    for (let at = next++; at < questions.length; at = next++) {
      signal.throwIfAborted();
      const question = questions[at]!;
      const mine = question.groups?.some((group) => groups.includes(group)) ?? true;
      results[at] = mine
        ? await ask(question, ports, { ...options, signal })
        : { id: question.id, state: 'skipped', metrics: {}, documents: [] };
      onProgress?.(++done, questions.length);
    }
  };
  const workers = Array.from({ length: Math.max(1, Math.min(concurrency, questions.length)) }, worker);
  try {
    await Promise.all(workers);
  } catch (error) {
    // The others end before the failure is told: nothing is asked for afterwards.
    stop.abort(error);
    await Promise.allSettled(workers);
    throw error;
  }
  return {
    object: 'evaluation',
    config,
    counts: countsOf(questions, results),
    totals: summarize(results),
    questions: results,
  };
}

async function ask(
  question: EvaluationQuestion,
  ports: EvaluationPorts,
  { config, signal, supports }: EvaluationOptions,
): Promise<EvaluatedQuestion> {
  const measured: { -readonly [Key in keyof Measured]: Measured[Key] } = {};
  let failed: ErrorCode | undefined;
  try {
    const search = await timed(ports, signal, () => ports.search(question.question, { config, signal }));
    measured.documents = documentsOf(search.value);
    measured.searchMs = search.ms;
    if (config.answers && ports.answer !== undefined) {
      const { answer } = ports;
      const answered = await timed(ports, signal, () => answer(question.question, { config, signal }));
      measured.answer = answered.value;
      measured.answerMs = answered.ms;
    }
  } catch (error) {
    signal.throwIfAborted();
    const known = PlatformError.from(error);
    if (FATAL.includes(known.code)) throw known;
    failed = known.code;
  }
  return {
    id: question.id,
    state: failed === undefined ? 'done' : 'failed',
    metrics: measure(question, measured, { k: config.k, answers: config.answers, supports }),
    documents: (measured.documents ?? []).slice(0, config.k),
    ...(measured.answer === undefined ? {} : { answer: measured.answer.text.slice(0, EVALUATION_BOUNDS.answerLength) }),
    ...(failed === undefined ? {} : { error: failed }),
  };
}

/** Does it, waiting where the platform asks for it; the time is of the attempt that went through. */
async function timed<T>(ports: EvaluationPorts, signal: AbortSignal, work: () => Promise<T>) {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    const start = ports.now();
    try {
      const value = await work();
      return { value, ms: ports.now() - start };
    } catch (error) {
      const known = PlatformError.from(error);
      if (!known.retryable || FATAL.includes(known.code) || attempt === ATTEMPTS) throw known;
      const seconds = known.retryAfterSeconds ?? 2 ** (attempt - 1);
      await ports.wait(Math.min(LONGEST_WAIT_MS, seconds * 1_000), signal);
    }
  }
}

function countsOf(questions: readonly EvaluationQuestion[], results: readonly EvaluatedQuestion[]) {
  const asked = questions.filter((_, index) => results[index]!.state !== 'skipped');
  const withAnswer = asked.filter((question) => answerable(gradesOf(question))).length;
  return {
    questions: questions.length,
    answerable: withAnswer,
    unanswerable: asked.length - withAnswer,
    skipped: questions.length - asked.length,
    failed: results.filter(({ state }) => state === 'failed').length,
  };
}
