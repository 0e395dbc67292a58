import { useId, useMemo } from 'preact/hooks';
import { isFinal } from '../../state/answer.ts';
import type { Documents } from '../../state/documents/documents.ts';
import type { GroundedAnswer, GroundedExchange } from '../../state/documents/ask.ts';
import { marksOf, numberSources } from '../../text/citations.ts';
import type { NumberedSource } from '../../text/citations.ts';
import { plural } from '../../text/numbers.ts';
import { AnswerNotes } from '../answer-notes.tsx';
import { ProblemView } from '../problem-view.tsx';
import { CitedText } from './cited-text.tsx';
import { usePointedChip } from './citation-card.ts';
import { GroundingNotes } from './grounding-notes.tsx';
import { ClosestSources, SourceList } from './source-list.tsx';

interface GroundedExchangeViewProps {
  documents: Documents;
  exchange: GroundedExchange;
  isLast: boolean;
  onSignOut: () => void;
}

/** A question to the documents, its answer, and what the answer stands on. */
export function GroundedExchangeView({ documents, exchange, isLast, onSignOut }: GroundedExchangeViewProps) {
  const answer = exchange.answer.value;
  const { grounding } = answer;
  const sources = useMemo(() => numberSources(grounding.citations), [grounding.citations]);
  const actions =
    isLast && documents.ask.live.value === undefined
      ? { retry: () => void documents.ask.askAgain(), signIn: onSignOut }
      : undefined;

  function open(source: NumberedSource): void {
    const { documentId, version, source: span } = source.citation;
    documents.route.openPanel({
      kind: 'source',
      id: documentId,
      ...(version === undefined ? {} : { version }),
      ...(span ?? {}),
    });
  }

  return (
    <article class="exchange">
      <div class="question">
        <h2 class="unseen">You</h2>
        {exchange.prompt}
      </div>
      <div class={`answer ${answer.status}`} aria-busy={!isFinal(answer)}>
        <h2 class="unseen">Answer</h2>
        {grounding.abstained && <p class="abstained">The documents you may read do not answer this.</p>}
        <AnswerText answer={answer} sources={sources} onOpen={open} />
        {answer.status === 'waiting' && <p class="waiting">Searching the documents</p>}
        {answer.problem !== undefined && (
          <ProblemView problem={answer.problem} now={documents.now} {...(actions === undefined ? {} : { actions })} />
        )}
        {grounding.removed > 0 && (
          <p class="help">
            {plural(grounding.removed, 'sentence')} taken out, because no passage supports{' '}
            {grounding.removed === 1 ? 'it' : 'them'}.
          </p>
        )}
        <SourceList sources={sources} onOpen={open} />
        {answer.closest !== undefined && <ClosestSources passages={answer.closest} documents={documents} />}
        {isFinal(answer) && <GroundingNotes documents={documents} exchange={exchange} />}
        <AnswerNotes answer={answer} />
      </div>
    </article>
  );
}

interface AnswerTextProps {
  answer: GroundedAnswer;
  sources: readonly NumberedSource[];
  onOpen: (source: NumberedSource) => void;
}

function AnswerText({ answer, sources, onOpen }: AnswerTextProps) {
  const { text, grounding } = answer;
  const { citations, unsupported } = grounding;
  const cardId = useId();
  const { pointed, point, hide, keep } = usePointedChip();
  const marks = useMemo(() => marksOf(text.length, citations, unsupported), [text, citations, unsupported]);
  const shown = sources.find(({ number }) => number === pointed?.number);
  if (text === '') return null;

  function openNumber(number: number): void {
    const source = sources.find((each) => each.number === number);
    // What opens takes the card's place, and the next Escape is for it.
    hide();
    if (source !== undefined) onOpen(source);
  }

  return (
    <>
      <CitedText
        text={text}
        marks={marks}
        actions={{
          sources,
          onPoint: point,
          onOpen: openNumber,
          card: pointed === undefined ? undefined : { id: cardId, number: pointed.number },
        }}
      />
      {pointed !== undefined && shown !== undefined && (
        <div
          class="citation-card"
          id={cardId}
          role="tooltip"
          // Set through the object model, which the page's policy allows; an attribute it would not.
          style={{ left: pointed.left, top: pointed.top, bottom: pointed.bottom }}
          onMouseEnter={keep}
          onMouseLeave={() => point(undefined)}
        >
          <strong>{shown.citation.title}</strong>
          {shown.citation.page !== undefined && <span class="page">page {shown.citation.page}</span>}
          {shown.citation.quote !== '' && <blockquote>{shown.citation.quote}</blockquote>}
        </div>
      )}
    </>
  );
}
