import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '../api/problem.ts';
import { formatRemaining } from '../text/numbers.ts';

interface ProblemViewProps {
  problem: Problem;
  now: () => number;
  /** What can be done about it here; absent where it is too late to do anything. */
  actions?: { retry?: () => void; signIn?: () => void; newChat?: () => void };
}

/** What went wrong and what to do, with the button that does it. */
export function ProblemView({ problem, now, actions = {} }: ProblemViewProps) {
  const remaining = useRemaining(problem.retryAt, now);
  const repeats = problem.detail === undefined || problem.detail === problem.title || problem.detail === problem.advice;
  const retry = problem.remedy === 'retry' ? actions.retry : undefined;
  const signIn = problem.remedy === 'sign-in' ? actions.signIn : undefined;
  const newChat = problem.remedy === 'new-chat' ? actions.newChat : undefined;
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
      {(retry ?? signIn ?? newChat) !== undefined && (
        <div class="actions">
          {retry !== undefined && (
            <button type="button" class="plain" disabled={remaining > 0} onClick={retry}>
              {remaining > 0 ? `Try again in ${formatRemaining(remaining)}` : 'Try again'}
            </button>
          )}
          {signIn !== undefined && (
            <button type="button" class="plain" onClick={signIn}>
              Sign in again
            </button>
          )}
          {newChat !== undefined && (
            <button type="button" class="plain" onClick={newChat}>
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
