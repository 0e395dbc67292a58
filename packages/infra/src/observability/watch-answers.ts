import { ANSWER_METRICS as NAMES } from '@plinth/contracts';
import { metricsOf, type Watch } from './watch.ts';

export interface WatchedAnswers {
  /** Where the service reports in the embedded metric format, for example `Plinth/Rag`. */
  readonly namespace: string;
  /** The model that writes answers, by the name callers use. */
  readonly model: string;
  /** Share of an answer's sentences that must be supported, on average over an hour. @default 0.7 */
  readonly leastGroundedness?: number;
  /** Share of an hour's questions that may go without an answer. @default 0.5 */
  readonly mostAbstention?: number;
  /** Bad ratings of a day. @default 25 */
  readonly mostDisliked?: number;
}

const HOUR = 3_600;

/** Answers from documents: whether sources bear them out, how many there are none of, what askers say, and whether questions change. */
export function watchAnswers(answers: WatchedAnswers): Watch {
  const { namespace, model } = answers;
  const ofModel = metricsOf(namespace, { Model: model });
  const ofAll = metricsOf(namespace, {});
  const byTenant = (name: string) => ({ namespace, dimension: 'Tenant', name, stat: 'Maximum' });
  const grounded = ofModel(NAMES.groundedness, 'Average', 'supported');
  const abstained = ofModel(NAMES.abstentions, 'Average', 'not answered');
  const disliked = ofAll(NAMES.feedbackDown, 'Sum', 'bad');
  return {
    alarms: {
      'answers-groundedness': {
        description:
          'Sources bear out too little of the answers, three hours in a row. See the explanations of some, then the documents and the model.',
        metrics: [grounded],
        periodSeconds: HOUR,
        periods: 3,
        threshold: answers.leastGroundedness ?? 0.7,
        side: 'below',
      },
      'answers-abstention': {
        description:
          'Too many questions go without an answer, three hours in a row. See whether documents come in, and what is asked.',
        metrics: [abstained],
        periodSeconds: HOUR,
        periods: 3,
        threshold: answers.mostAbstention ?? 0.5,
      },
      'answers-disliked': {
        description: 'Askers rate many answers as bad. Read their comments, and the explanations of those answers.',
        metrics: [disliked],
        periodSeconds: 24 * HOUR,
        threshold: answers.mostDisliked ?? 25,
      },
      'answers-drift': {
        description:
          'Questions or answers of a tenant are others than before, beyond chance. See GET /v1/monitor, then evaluate anew.',
        metrics: [ofAll(NAMES.drifted, 'Maximum', 'drifted')],
        periodSeconds: HOUR,
        threshold: 0,
      },
    },
    graphs: [
      { title: 'Answers: share supported, share not answered', lines: [grounded, abstained] },
      {
        title: 'Answers and citations',
        lines: [ofModel(NAMES.answers, 'Sum', 'answers'), ofModel(NAMES.citations, 'Sum', 'citations')],
      },
      { title: 'What askers say', lines: [ofAll(NAMES.feedbackUp, 'Sum', 'good'), disliked] },
      { title: 'Drift of questions, by tenant', lines: byTenant(NAMES.questionDrift) },
      { title: 'Drift of answers, by tenant', lines: byTenant(NAMES.answerDrift) },
    ],
  };
}
