import type { InputError } from '../../api/batches/batches.ts';
import type { Failure } from '../../api/batches/failures.ts';
import type { Batches } from '../../state/batches/batches.ts';
import { formatCount } from '../../text/numbers.ts';
import { ProblemView } from '../problem-view.tsx';

/** Why a batch was refused after its file was read: line by line where the file is wrong. */
export function InputErrors({ errors }: { errors: readonly InputError[] }) {
  if (errors.length === 0) return null;
  return (
    <section class="batch-errors" aria-label="Why it failed">
      <h2>Why it failed</h2>
      {errors.some(({ line }) => line !== undefined) && (
        <p class="help">No request was run, and nothing was charged. Correct the lines, then send the file again.</p>
      )}
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">
              Line
            </th>
            <th scope="col">What is wrong</th>
          </tr>
        </thead>
        <tbody>
          {errors.map(({ line, message, code }, index) => (
            <tr key={index}>
              <th scope="row" class="number">
                {line === undefined ? '–' : formatCount(line)}
              </th>
              <td>
                {message}
                <small>{code}</small>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The first requests that have no answer, and why. */
export function RequestFailures({ batches }: { batches: Batches }) {
  const failures = batches.one.failures.value;
  if (failures.status === 'idle') return null;
  return (
    <section class="batch-errors" aria-label="Requests that failed">
      <h2>Requests that failed</h2>
      {failures.status === 'loading' && <p role="status">Reading the start of the error file…</p>}
      {failures.status === 'failed' && (
        <ProblemView problem={failures.problem} now={batches.now} actions={{ retry: () => batches.one.refresh() }} />
      )}
      {failures.status === 'ready' && (
        <>
          <table>
            <thead>
              <tr>
                <th scope="col">Request</th>
                <th scope="col">What went wrong</th>
              </tr>
            </thead>
            <tbody>
              {failures.value.first.map((failure, index) => (
                <tr key={index}>
                  <th scope="row">
                    <code>{failure.customId}</code>
                  </th>
                  <td>
                    {failure.message || 'No reason was given.'}
                    <small>{codeWords(failure)}</small>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {failures.value.more && <p class="help">These are the first. The error file has all of them.</p>}
        </>
      )}
    </section>
  );
}

function codeWords({ code, status }: Failure): string {
  return [code, status === undefined ? 'no answer' : String(status)].filter((part) => part !== '').join(', ');
}
