import { useMemo, useRef } from 'preact/hooks';
import { createStreamedMarkdown } from '../markdown/blocks.ts';
import { isFinal } from '../state/answer.ts';
import type { Answer } from '../state/answer.ts';
import type { Exchange } from '../state/chat.ts';
import type { Console } from '../state/console.ts';
import { AnswerNotes } from './answer-notes.tsx';
import { BlockView } from './block-view.tsx';
import { ProblemView } from './problem-view.tsx';

interface ExchangeViewProps {
  page: Console;
  exchange: Exchange;
  /** Only the last question can be asked again. */
  isLast: boolean;
}

export function ExchangeView({ page, exchange, isLast }: ExchangeViewProps) {
  const answer = exchange.answer.value;
  const actions =
    isLast && page.chat.live.value === undefined
      ? { retry: () => void page.tryAgain(), signIn: () => page.signOut(), newChat: () => page.newChat() }
      : undefined;
  return (
    <article class="exchange">
      {exchange.prompt !== '' && (
        <div class="question">
          <h2 class="unseen">You</h2>
          {exchange.prompt}
        </div>
      )}
      <div class={`answer ${answer.status}`} aria-busy={!isFinal(answer)}>
        <h2 class="unseen">Answer</h2>
        <AnswerText answer={answer} />
        {answer.status === 'waiting' && <p class="waiting">Waiting for the first token</p>}
        {answer.problem !== undefined && (
          <ProblemView problem={answer.problem} now={page.now} {...(actions === undefined ? {} : { actions })} />
        )}
        <AnswerNotes answer={answer} />
      </div>
    </article>
  );
}

function AnswerText({ answer }: { answer: Answer }) {
  const markdown = useRef(createStreamedMarkdown());
  const { text } = answer;
  const final = isFinal(answer);
  const blocks = useMemo(() => (final ? markdown.current.finish(text) : markdown.current.update(text)), [text, final]);
  if (text === '') return null;
  return (
    <div class="prose">
      {blocks.map((block) => (
        <BlockView key={block.id} block={block} />
      ))}
    </div>
  );
}
