import { ApiError, localProblem } from '../api/problem.ts';
import type { Problem } from '../api/problem.ts';

/** What a view shows while something is fetched, after it came, or after it failed. */
export type Loaded<T> =
  { status: 'idle' } | { status: 'loading' } | { status: 'ready'; value: T } | { status: 'failed'; problem: Problem };

export const IDLE = { status: 'idle' } as const;
export const LOADING = { status: 'loading' } as const;

/** A failure in words. What is not the platform's is a fault of the page, and shows in the browser's console too. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  console.error(error);
  return localProblem('unreadable');
}

export async function attempt<T>(work: () => Promise<T>): Promise<Loaded<T>> {
  try {
    return { status: 'ready', value: await work() };
  } catch (error) {
    return { status: 'failed', problem: problemOf(error) };
  }
}
