import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '../api/problem.ts';
import type { Console } from '../state/console.ts';
import { formatRemaining } from '../text/numbers.ts';

interface ProblemViewProps {
  page: Console;
  problem: Problem;
  isLast: boolean;
}

/** What went wrong and what to do, with the button that does it. */
export function ProblemView({ page, problem, isLast }: ProblemViewProps) {
  const remaining = useRemaining(problem.retryAt, page.now);
  const repeats = problem.detail === undefined || problem.detail === problem.title || problem.detail === problem.advice;
  return (
    <div class="problem" role="group" aria-label="Problem">
      <p>
        <strong>{problem.title}</strong> {problem.advice}
      </p>
      {!repeats && <p class="detail">{problem.detail}</p>}
      {problem.requestId !== undefined && (
        <p class="detail">
          Request id <code>{problem.requestId}</code>
        </p>
      )}
      {isLast && page.chat.live.value === undefined && (
        <div class="actions">
          {problem.remedy === 'retry' && (
            <button type="button" class="plain" disabled={remaining > 0} onClick={() => void page.tryAgain()}>
              {remaining > 0 ? `Try again in ${formatRemaining(remaining)}` : 'Try again'}
            </button>
          )}
          {problem.remedy === 'sign-in' && (
            <button type="button" class="plain" onClick={() => page.signOut()}>
              Sign in again
            </button>
          )}
          {problem.remedy === 'new-chat' && (
            <button type="button" class="plain" onClick={() => page.newChat()}>
              New chat
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** Milliseconds until `moment`, counted down while the component is on the page. */
function useRemaining(moment: number | undefined, now: () => number): number {
  const [remaining, setRemaining] = useState(() => (moment === undefined ? 0 : moment - now()));
  useEffect(() => {
    if (moment === undefined) return undefined;
    const timer = setInterval(() => {
      const left = moment - now();
      setRemaining(left);
      if (left <= 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [moment, now]);
  return Math.max(0, remaining);
}
