import { useSignalEffect } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { useRef, useState } from 'preact/hooks';
import { isFinal } from '../state/answer.ts';
import type { Answer } from '../state/answer.ts';
import { nextSentences } from '../text/announce.ts';

/** Lines a screen reader may still want to go back to. */
const KEPT_LINES = 12;

/** What is told: an exchange of the chat or with the documents. */
interface Spoken {
  id: number;
  answer: ReadonlySignal<Answer>;
}

/** Tells a screen reader about the answer in whole sentences; the transcript itself changes far too often to be a live region. */
export function LiveRegion({ exchanges }: { exchanges: ReadonlySignal<readonly Spoken[]> }) {
  const [lines, setLines] = useState<readonly { id: number; text: string }[]>([]);
  const spoken = useRef({ exchange: 0, until: 0, ended: false, lines: 0 });

  useSignalEffect(() => {
    const exchange = exchanges.value.at(-1);
    const answer = exchange?.answer.value;
    if (exchange === undefined || answer?.startedAt === undefined) return;
    const state = spoken.current;
    const news: string[] = [];
    if (state.exchange !== exchange.id) {
      Object.assign(state, { exchange: exchange.id, until: 0, ended: false });
      news.push('Question sent.');
    }
    if (state.ended) return;
    const { say, until } = nextSentences(answer.text, state.until, isFinal(answer));
    state.until = until;
    if (say !== '') news.push(say);
    if (isFinal(answer)) {
      state.ended = true;
      if (answer.problem !== undefined) news.push(`${answer.problem.title} ${answer.problem.advice}`);
      else news.push(answer.status === 'stopped' ? 'Answer stopped.' : 'End of answer.');
    }
    if (news.length === 0) return;
    const added = news.map((text) => {
      state.lines += 1;
      return { id: state.lines, text };
    });
    setLines((before) => [...before, ...added].slice(-KEPT_LINES));
  });

  return (
    <div class="unseen" aria-live="polite" aria-relevant="additions" data-testid="live-region">
      {lines.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  );
}
