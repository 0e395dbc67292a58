import type { AnswerExplanation, FoundPassage } from '@plinth/contracts';
import { cut, type Style } from '@plinth/planning/report';
import { printable } from './printable.ts';

type Scores = Pick<FoundPassage, 'lexical' | 'dense' | 'fused' | 'rerank'>;

/** `lexical 7.100 (#1)  fused 0.033 (#1)`: each side that found a passage, its score and its rank there. */
export function shownScores(passage: Scores): string {
  return (['lexical', 'dense', 'fused', 'rerank'] as const)
    .flatMap((kind) => {
      const placing = passage[kind];
      return placing === undefined ? [] : [`${kind} ${placing.score.toFixed(3)} (#${placing.rank})`];
    })
    .join('  ');
}

/** Each passage found: its scores and what became of it; then the sentences of the answer, how well each is borne out, and what each passage gave. */
export function renderExplanation(explanation: AnswerExplanation, style: Style): string {
  const { passages, sentences, attribution = [] } = explanation;
  const names = new Map(passages.map((passage) => [passage.passage_id, nameOf(passage)]));
  const found = passages.map((passage, index) => {
    const fate = passage.fate === 'packed' ? style.green(passage.fate) : style.yellow(passage.fate);
    const cited = passage.cited > 0 ? `  cited ${passage.cited}×` : '';
    return `${`${index + 1}.`.padStart(3)} ${fate}  ${names.get(passage.passage_id)}${cited}\n    ${style.dim(shownScores(passage))}`;
  });
  const judged = sentences.map(({ text, claim, supported, score, reason }) => {
    const mark = !claim ? style.dim('·') : supported ? style.green('✔') : style.red('✖');
    return `${mark} ${score.toFixed(2)}  ${cut(printable(text), 160)}${reason === undefined ? '' : style.dim(`  (${reason})`)}`;
  });
  const losses = attribution.map(
    ({ passage_id, similarity_loss, support_loss }) =>
      `${names.get(passage_id) ?? passage_id}  ${style.dim(`likeness −${similarity_loss.toFixed(2)}  support −${support_loss.toFixed(2)}`)}`,
  );
  return [
    `Passages found (${passages.length})`,
    ...found,
    ...(judged.length === 0 ? [] : ['', 'Sentences', ...judged]),
    ...(losses.length === 0 ? [] : ['', 'Without each passage', ...losses]),
    '',
  ].join('\n');
}

function nameOf(passage: AnswerExplanation['passages'][number]): string {
  if (passage.withheld) return '(no longer yours to read)';
  return cut(printable([passage.title ?? passage.document_id ?? '', ...(passage.heading_path ?? [])].join(' › ')), 80);
}
