import { call } from '../endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { isRecord, numberOf, textOf } from '../json.ts';
import { ApiError, localProblem, problemFromBody } from '../problem.ts';
import { readServerSentEvents } from '../sse.ts';

export interface EvaluationConfig {
  method: 'hybrid' | 'lexical' | 'dense';
  /** Absent: as the service does by default. */
  rerank?: boolean;
  answers: boolean;
}

/** Questions of the caller's, as they are in the file, or the name of a set the service knows. */
export type Questions = { questions: readonly unknown[] } | { set: string };

export interface EvaluationResult {
  counts: { questions: number; failed: number; skipped: number };
  totals: Readonly<Record<string, number>>;
}

/** Longest silence, milliseconds: one question of a small machine takes its time, and a hundredth of a large set more. */
const SILENCE_LIMIT_MS = 600_000;
/** Longest event, UTF-16 code units: the result holds every question. */
const MAX_RESULT_LENGTH = 64 * 1024 * 1024;

/**
 * Has the service run a question set under the caller's own groups.
 *
 * @throws {ApiError} refused, broken off, or an error event
 * @throws the signal's reason when `signal` is aborted
 */
export async function evaluate(
  endpoint: Endpoint,
  key: string,
  {
    questions,
    config,
    signal,
    onProgress,
  }: {
    questions: Questions;
    config: EvaluationConfig;
    signal: AbortSignal;
    onProgress: (done: number, total: number) => void;
  },
): Promise<EvaluationResult> {
  const silence = new AbortController();
  const listen = () => setTimeout(() => silence.abort(), SILENCE_LIMIT_MS);
  let timer = listen();
  try {
    const response = await call(endpoint, '/rag/v1/evaluations', {
      method: 'POST',
      key,
      body: { ...questions, config, stream: true },
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (response.body === null) throw new ApiError(localProblem('unreadable'));
    for await (const { data } of readServerSentEvents(response.body, MAX_RESULT_LENGTH)) {
      clearTimeout(timer);
      timer = listen();
      if (data === '[DONE]') break;
      const event = parse(data);
      if (event.type === 'error') throw new ApiError(problemFromBody(0, event));
      if (event.type === 'result') return readResult(event.result);
      if (event.type === 'progress') onProgress(numberOf(event.done) ?? 0, numberOf(event.total) ?? 0);
    }
    throw new ApiError(localProblem('interrupted'));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof ApiError) throw error;
    throw new ApiError(localProblem(silence.signal.aborted ? 'silent' : 'interrupted'), error);
  } finally {
    clearTimeout(timer);
  }
}

function parse(data: string): Record<string, unknown> {
  try {
    const event: unknown = JSON.parse(data);
    if (isRecord(event)) return event;
  } catch (error) {
    throw new ApiError(localProblem('unreadable'), error);
  }
  throw new ApiError(localProblem('unreadable'));
}

function readResult(value: unknown): EvaluationResult {
  if (!isRecord(value) || !isRecord(value.totals)) throw new ApiError(localProblem('unreadable'));
  const counts = isRecord(value.counts) ? value.counts : {};
  const count = (name: string) => numberOf(counts[name]) ?? 0;
  const totals = Object.entries(value.totals).flatMap(([name, total]): [string, number][] => {
    const number = numberOf(total);
    return number === undefined ? [] : [[name, number]];
  });
  return {
    counts: { questions: count('questions'), failed: count('failed'), skipped: count('skipped') },
    totals: Object.fromEntries(totals),
  };
}

/** Questions of a JSONL file, at most ten thousand; what is wrong is told with its line. The service checks the rest. */
export function parseQuestions(content: string): { questions: unknown[] } | { wrong: string } {
  const questions: unknown[] = [];
  for (const [index, line] of content
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue;
    const question = questionOf(line);
    if (question === undefined)
      return { wrong: `Line ${index + 1} is not a question: {"id": …, "question": …, "relevant": […]}.` };
    questions.push(question);
  }
  if (questions.length === 0) return { wrong: 'The file is empty. Write one JSON object a line.' };
  if (questions.length > 10_000) return { wrong: 'The file holds over 10,000 questions. Split it.' };
  return { questions };
}

function questionOf(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) && textOf(value.id) !== '' && textOf(value.question) !== '' ? value : undefined;
  } catch {
    // Told with its line.
    return undefined;
  }
}
