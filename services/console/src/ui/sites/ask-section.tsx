import { useState } from 'preact/hooks';
import { waits } from '../../api/sites/async-items.ts';
import type { AsyncItem } from '../../api/sites/async-items.ts';
import type { Site } from '../../api/sites/site.ts';
import type { Question } from '../../state/sites/questions.ts';
import type { Sites } from '../../state/sites/sites.ts';
import { ProblemView } from '../problem-view.tsx';
import { StateChip } from '../state-chip.tsx';
import type { StateWords } from '../../text/state-words.ts';
import { itemWords, waitWords } from '../../text/site-words.ts';

/** Where a question is put to a model of the site, or to one at its centre. */
export function AskSection({ sites, site }: { sites: Sites; site: Site }) {
  const { questions } = sites;
  const [chosen, setChosen] = useState('');
  const model = site.models.find(({ id }) => id === chosen) ?? site.models[0];
  const groups = [
    { label: 'On site', models: site.models.filter(({ onSite }) => onSite) },
    { label: 'At the centre', models: site.models.filter(({ onSite }) => !onSite) },
  ].filter(({ models }) => models.length > 0);
  return (
    <section class="ask-site" aria-labelledby="ask-site-title">
      <h2 id="ask-site-title">Ask it something</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (model !== undefined) void questions.ask(model.id);
        }}
      >
        <label class="unseen" for="site-question">
          Question
        </label>
        <input
          id="site-question"
          type="text"
          autocomplete="off"
          maxLength={2_000}
          placeholder="What is gravity?"
          value={questions.draft.value}
          onInput={(event) => {
            questions.draft.value = event.currentTarget.value;
          }}
        />
        <label class="unseen" for="site-model">
          Model
        </label>
        <select id="site-model" value={model?.id} onChange={(event) => setChosen(event.currentTarget.value)}>
          {groups.map(({ label, models }) => (
            <optgroup key={label} label={label}>
              {models.map(({ id }) => (
                <option key={id} value={id}>
                  {id}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
        <button
          type="submit"
          class="primary"
          disabled={model === undefined || questions.draft.value.trim() === '' || site.mode === 'stopped'}
        >
          Ask
        </button>
      </form>
      {questions.asked.value.length === 0 && (
        <p class="help">
          A model on site answers with the link and without it. A request for one at the centre waits in the outbox
          while the link is down, and is answered when it is back.
        </p>
      )}
      <ol class="asked">
        {questions.asked.value.map((question) => (
          <AskedQuestion key={question.name} question={question} sites={sites} />
        ))}
      </ol>
    </section>
  );
}

function AskedQuestion({ question, sites }: { question: Question; sites: Sites }) {
  const { state, text, model } = question;
  const item = state.kind === 'kept' ? sites.outbox.items.value.find(({ id }) => id === state.id) : undefined;
  const answer = state.kind === 'answered' ? state.text : item?.answer;
  return (
    <li>
      <p class="asked-text">{text}</p>
      <p class="asked-facts">
        <StateChip state={words(question, item)} />
        <small>
          <code>{model}</code>
          {item !== undefined && `, ${waitWords(item, sites.now())}`}
        </small>
      </p>
      {answer !== undefined && <p class="answer-text">{answer}</p>}
      {item?.error !== undefined && <p class="problem-line">{item.error.message}</p>}
      {state.kind === 'failed' && (
        <ProblemView
          problem={state.problem}
          now={sites.now}
          actions={{ retry: () => void sites.questions.askAgain(question) }}
        />
      )}
    </li>
  );
}

function words({ state }: Question, item: AsyncItem | undefined): StateWords {
  if (state.kind === 'asking') return { words: 'Being answered', mark: '●', tone: 'live' };
  if (state.kind === 'answered') return { words: 'Answered', mark: '✓', tone: 'good' };
  if (state.kind === 'failed') return { words: 'Not answered', mark: '✗', tone: 'bad' };
  if (item === undefined || waits(item)) return { words: 'Waits in the outbox', mark: '○', tone: 'waiting' };
  return itemWords(item);
}
