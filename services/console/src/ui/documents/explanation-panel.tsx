import type { ExplainedPassage, ExplainedSentence, Explanation, ScoreName } from '../../api/rag/explanation.ts';
import { SCORES } from '../../api/rag/explanation.ts';
import type { Documents } from '../../state/documents/documents.ts';
import { formatShare } from '../../text/amounts.ts';
import { fateWords, pagesWords, reasonWords } from '../../text/document-words.ts';
import { ProblemView } from '../problem-view.tsx';
import { AttributionChart } from './attribution-chart.tsx';
import { ShareBar } from '../share-bar.tsx';
import { PanelFrame } from './panel-frame.tsx';

/** Why an answer is as it is. */
export function ExplanationPanel({ documents }: { documents: Documents }) {
  const explanation = documents.panel.explanation.value;
  return (
    <PanelFrame documents={documents} title="Explanation" wide>
      {explanation.status === 'loading' && <p role="status">Fetching the explanation…</p>}
      {explanation.status === 'failed' && (
        <ProblemView
          problem={explanation.problem}
          now={documents.now}
          actions={{ retry: () => documents.panel.reload() }}
        />
      )}
      {explanation.status === 'ready' && <Explained documents={documents} explanation={explanation.value} />}
    </PanelFrame>
  );
}

function Explained({ documents, explanation }: { documents: Documents; explanation: Explanation }) {
  const { question, query, passages, sentences, models, attribution, policy } = explanation;
  return (
    <div class="explained" tabindex={0} role="region" aria-label="Explanation of the answer">
      <p class="asked">{question}</p>
      {query !== '' && query !== question && <p class="help">Searched for: {query}</p>}
      <h3>Passages found</h3>
      <PassageTable documents={documents} passages={passages} />
      {passages.some(({ fate }) => fate === 'packed') && (
        <>
          <h3>Which passage mattered?</h3>
          {attribution === undefined ? (
            <>
              <p class="help">Asks again without each passage in turn, and costs as much as those answers do.</p>
              <button
                type="button"
                class="plain"
                disabled={documents.panel.attributing.value}
                onClick={() => void documents.panel.attribute()}
              >
                {documents.panel.attributing.value ? 'Asking without each passage…' : 'Which passage mattered?'}
              </button>
            </>
          ) : (
            <AttributionChart attribution={attribution} passages={passages} />
          )}
        </>
      )}
      {sentences.length > 0 && (
        <>
          <h3>Sentence by sentence</h3>
          <Sentences sentences={sentences} />
        </>
      )}
      <h3>What took part</h3>
      <dl class="models">
        {models.map(({ part, name }) => (
          <div key={part}>
            <dt>{part}</dt>
            <dd>{name}</dd>
          </div>
        ))}
        {policy !== '' && (
          <div>
            <dt>unsupported sentences</dt>
            <dd>{policy === 'abstain' ? 'are taken out, or the answer abstains' : 'are marked'}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}

const HEADS: Readonly<Record<ScoreName, string>> = {
  lexical: 'Words',
  dense: 'Meaning',
  fused: 'Fused',
  rerank: 'Reranked',
};

function PassageTable({ documents, passages }: { documents: Documents; passages: readonly ExplainedPassage[] }) {
  const shown = SCORES.filter((name) => passages.some(({ scores }) => scores[name] !== undefined));
  const best = Object.fromEntries(
    shown.map((name) => [name, Math.max(...passages.map(({ scores }) => scores[name]?.score ?? 0), 0)]),
  );
  if (passages.length === 0) return <p class="help">None: nothing that you may read was found.</p>;
  return (
    <div class="wide-table" tabindex={0} role="region" aria-label="Passages found">
      <table>
        <thead>
          <tr>
            <th scope="col">Passage</th>
            {shown.map((name) => (
              <th key={name} scope="col">
                {HEADS[name]}
              </th>
            ))}
            <th scope="col">What became of it</th>
          </tr>
        </thead>
        <tbody>
          {passages.map((passage) => (
            <tr key={passage.id}>
              <th scope="row">
                <PassageName documents={documents} passage={passage} />
              </th>
              {shown.map((name) => {
                const placing = passage.scores[name];
                return (
                  <td key={name}>
                    {placing === undefined ? (
                      <span class="help">not found</span>
                    ) : (
                      <span class="score">
                        <span>
                          #{placing.rank} <small>{shortScore(placing.score)}</small>
                        </span>
                        <ShareBar share={placing.score <= 0 || !best[name] ? 0 : placing.score / best[name]} />
                      </span>
                    )}
                  </td>
                );
              })}
              <td class={passage.fate === 'packed' ? 'packed' : 'dropped'}>
                {fateWords(passage.fate)}
                {passage.cited > 0 && <small>cited {passage.cited} ×</small>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PassageName({ documents, passage }: { documents: Documents; passage: ExplainedPassage }) {
  const { source, title, headingPath, pages } = passage;
  if (source === undefined) return <span class="help">A passage you may no longer read</span>;
  const { documentId, version, start, end } = source;
  return (
    <>
      <button
        type="button"
        class="link"
        onClick={() =>
          documents.route.openPanel({
            kind: 'source',
            id: documentId,
            ...(version === undefined ? {} : { version }),
            start,
            end,
          })
        }
      >
        {title}
      </button>
      <small>{[...headingPath, pagesWords(pages)].filter((part) => part !== undefined).join(' › ')}</small>
    </>
  );
}

/** As many digits as tell passages apart: fused scores are hundredths, lexical ones tens. */
function shortScore(score: number): string {
  return Math.abs(score) < 1 ? score.toFixed(3) : score.toFixed(1);
}

function Sentences({ sentences }: { sentences: readonly ExplainedSentence[] }) {
  return (
    <ul class="sentences">
      {sentences.map(({ text, supported, claim, score, reason }, index) => (
        <li key={index}>
          <p>{text}</p>
          <p class={supported || !claim ? 'help' : 'help missing'}>
            {supported && `✓ Supported${score === undefined ? '' : `, ${formatShare(score)}`}`}
            {!supported && !claim && 'Claims nothing'}
            {!supported && claim && `✗ Not supported: ${reasonWords(reason)}`}
          </p>
        </li>
      ))}
    </ul>
  );
}
