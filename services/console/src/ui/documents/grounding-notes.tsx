import type { Documents } from '../../state/documents/documents.ts';
import type { GroundedExchange } from '../../state/documents/ask.ts';
import { formatShare } from '../../text/amounts.ts';
import { groundednessWords } from '../../text/document-words.ts';
import { ThumbDownIcon, ThumbUpIcon } from '../icons.tsx';
import { ShareBar } from '../share-bar.tsx';

/** How far the answer stands on the documents, why, and whether it helped. */
export function GroundingNotes({ documents, exchange }: { documents: Documents; exchange: GroundedExchange }) {
  const { grounding, feedback } = exchange.answer.value;
  const { answerId, groundedness, abstained, query } = grounding;
  return (
    <div class="grounding">
      {groundedness !== undefined && !abstained && (
        <p class="groundedness">
          <ShareBar share={groundedness} label="Groundedness" text={formatShare(groundedness)} />
          <span>
            {groundednessWords(groundedness)} ({formatShare(groundedness)})
          </span>
        </p>
      )}
      {query !== undefined && query !== exchange.prompt && <p class="help">Searched for: {query}</p>}
      {answerId !== undefined && (
        <div class="actions">
          <button
            type="button"
            class="plain"
            onClick={() => documents.route.openPanel({ kind: 'explanation', answerId })}
          >
            Explain this answer
          </button>
          <Thumb documents={documents} exchange={exchange} rating="up" />
          <Thumb documents={documents} exchange={exchange} rating="down" />
          <span class="help" role="status">
            {feedback === 'up' || feedback === 'down' ? 'Thank you.' : ''}
            {feedback === 'failed' ? 'The rating could not be sent.' : ''}
          </span>
        </div>
      )}
    </div>
  );
}

interface ThumbProps {
  documents: Documents;
  exchange: GroundedExchange;
  rating: 'up' | 'down';
}

function Thumb({ documents, exchange, rating }: ThumbProps) {
  const { feedback } = exchange.answer.value;
  return (
    <button
      type="button"
      class="quiet thumb"
      aria-label={rating === 'up' ? 'This answer helped' : 'This answer did not help'}
      title={rating === 'up' ? 'This helped' : 'This did not help'}
      aria-pressed={feedback === rating}
      disabled={feedback === 'sending'}
      onClick={() => void documents.ask.rate(exchange, rating)}
    >
      {rating === 'up' ? <ThumbUpIcon /> : <ThumbDownIcon />}
    </button>
  );
}
