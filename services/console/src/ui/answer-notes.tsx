import { isFinal, timeToFirstToken, tokensPerSecond } from '../state/answer.ts';
import type { Answer } from '../state/answer.ts';
import { guardSentences, truncationSentence } from '../text/guard-words.ts';
import { formatCount, formatDuration, formatUsd } from '../text/numbers.ts';
import { ShieldIcon } from './icons.tsx';

/** What stands under an answer: what the guard did, why it ended early, what it took and cost. */
export function AnswerNotes({ answer }: { answer: Answer }) {
  const guard = guardSentences(answer.report?.guard ?? []);
  const ending = endingSentence(answer);
  const truncated = truncationSentence(answer.report?.truncatedMessages ?? 0);
  const facts = factsOf(answer);
  return (
    <>
      {guard.length > 0 && (
        <ul class="notes guard" aria-label="What the guard did">
          {guard.map((sentence, index) => (
            <li key={index}>
              <ShieldIcon />
              {sentence}
            </li>
          ))}
        </ul>
      )}
      {(ending ?? truncated) !== undefined && (
        <ul class="notes">
          {truncated !== undefined && <li>{truncated}</li>}
          {ending !== undefined && <li>{ending}</li>}
        </ul>
      )}
      {facts.length > 0 && (
        <p class="facts">
          {facts.map((fact, index) => (
            <span key={index}>{fact}</span>
          ))}
        </p>
      )}
    </>
  );
}

function endingSentence({ status, text, report }: Answer): string | undefined {
  if (status === 'stopped') return text === '' ? 'Stopped before any text came.' : 'Stopped here.';
  if (status !== 'done') return undefined;
  if (report?.finishReason === 'length') return 'The answer reached its longest allowed length. Settings can raise it.';
  if (report?.finishReason === 'content_filter' && report.guard.length === 0)
    return 'The model’s own content filter ended the answer.';
  return report !== undefined && text === '' ? 'The model answered with no text.' : undefined;
}

function factsOf(answer: Answer): string[] {
  const facts: string[] = [];
  const wait = timeToFirstToken(answer);
  if (wait !== undefined) facts.push(`${formatDuration(wait)} to first token`);
  if (!isFinal(answer)) return facts;
  const rate = tokensPerSecond(answer);
  if (rate !== undefined) facts.push(`${rate < 10 ? rate.toFixed(1) : formatCount(rate)} tokens/s`);
  const usage = answer.report?.usage;
  if (usage !== undefined) {
    facts.push(`${formatCount(usage.prompt_tokens)} tokens in, ${formatCount(usage.completion_tokens)} out`);
    if (usage.cost_usd !== undefined) facts.push(formatUsd(usage.cost_usd));
  }
  if (facts.length > 0) facts.push(answer.model);
  return facts;
}
