import type { Problem } from '../api/problem.ts';

/** What went wrong with an upload, in words about files: the general ones speak of chats and models. */
export function fileProblem(problem: Problem): Problem {
  if (problem.code === 'request_too_large')
    return {
      ...problem,
      title: 'This file is too large for the platform.',
      advice: 'Split it into several, and make a batch of each.',
      remedy: 'none',
    };
  return batchProblem(problem);
}

/** The same about batches. */
export function batchProblem(problem: Problem): Problem {
  const words = WORDS[problem.code];
  return words === undefined ? problem : { ...problem, ...words };
}

/** Where no answer came to the request for a batch, there may be one all the same. */
export function lostBatch(problem: Problem): Problem {
  if (problem.code !== 'unreachable') return batchProblem(problem);
  return {
    ...problem,
    title: 'The platform did not answer.',
    advice: 'Look at the list first: the batch may have been taken in. If it is not there, try again.',
  };
}

const WORDS: Partial<Record<Problem['code'], Pick<Problem, 'title' | 'advice'>>> = {
  permission_denied: {
    title: 'The platform does not take this in.',
    advice: 'Its reason is below.',
  },
  rate_limit_exceeded: {
    title: 'There are as many batches or files as there may be.',
    advice: 'Wait for one to end, or cancel one, then try again.',
  },
  not_found: {
    title: 'This batch is not here.',
    advice: 'It may belong to another organization, or the address was cut off.',
  },
};
