import type { Problem } from '../api/problem.ts';

/** That what is shown may be old, and why. The page goes on asking by itself. */
export function StaleNote({ problem }: { problem: Problem | undefined }) {
  if (problem === undefined) return null;
  return (
    <p class="stale" role="status">
      {problem.title} What is shown is what was last seen; the page goes on asking.
    </p>
  );
}
