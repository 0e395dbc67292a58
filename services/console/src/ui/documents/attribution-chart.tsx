import type { Attribution, ExplainedPassage } from '../../api/rag/explanation.ts';
import { formatShare } from '../../text/amounts.ts';
import { pagesWords } from '../../text/document-words.ts';
import { ShareBar } from '../share-bar.tsx';

interface AttributionChartProps {
  attribution: readonly Attribution[];
  passages: readonly ExplainedPassage[];
}

/** What the answer loses without each passage, the most first: a table whose cells are bars too. */
export function AttributionChart({ attribution, passages }: AttributionChartProps) {
  const names = new Map(
    passages.map(({ id, title, pages }) => [id, [title, pagesWords(pages)].filter(Boolean).join(', ')]),
  );
  const sorted = [...attribution].sort((a, b) => b.supportLoss - a.supportLoss || b.similarityLoss - a.similarityLoss);
  if (sorted.length === 0) return <p class="help">No passage was given to the model.</p>;
  return (
    <div class="wide-table">
      <table class="attribution">
        <caption class="unseen">What the answer loses without each passage</caption>
        <thead>
          <tr>
            <th scope="col">Without</th>
            <th scope="col">Support lost</th>
            <th scope="col">Answer changed</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ passageId, supportLoss, similarityLoss }) => (
            <tr key={passageId}>
              <th scope="row">{names.get(passageId) ?? passageId}</th>
              <td>
                <span class="score">
                  <span>{formatShare(supportLoss)}</span>
                  <ShareBar share={supportLoss} />
                </span>
              </td>
              <td>
                <span class="score">
                  <span>{formatShare(similarityLoss)}</span>
                  <ShareBar share={similarityLoss} tone="second" />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
