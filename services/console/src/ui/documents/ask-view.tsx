import { useEffect } from 'preact/hooks';
import type { Documents } from '../../state/documents/documents.ts';
import { FollowedTranscript } from '../followed-transcript.tsx';
import { MessageField } from '../message-field.tsx';
import { GroundedExchangeView } from './grounded-exchange-view.tsx';

export function AskView({ documents, onSignOut }: { documents: Documents; onSignOut: () => void }) {
  const { ask } = documents;
  const exchanges = ask.exchanges.value;
  const last = exchanges.at(-1);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && documents.panel.panel.value === undefined) ask.stop();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [documents, ask]);

  return (
    <>
      <h1 class="unseen">Ask the documents</h1>
      <FollowedTranscript live={ask.live} label="Questions and answers">
        {last === undefined ? (
          <Introduction />
        ) : (
          exchanges.map((exchange) => (
            <GroundedExchangeView
              key={exchange.id}
              documents={documents}
              exchange={exchange}
              isLast={exchange === last}
              onSignOut={onSignOut}
            />
          ))
        )}
      </FollowedTranscript>
      <MessageField
        id="question"
        label="Question"
        placeholder="Ask the documents"
        draft={ask.draft}
        busy={ask.live.value !== undefined}
        disabled={documents.model.value === undefined}
        onSend={() => {
          if (ask.live.value !== undefined) return;
          const text = ask.draft.value;
          ask.draft.value = '';
          void ask.ask(text);
        }}
        onStop={() => ask.stop()}
      >
        <ModelChoice documents={documents} />
      </MessageField>
    </>
  );
}

function ModelChoice({ documents }: { documents: Documents }) {
  const service = documents.service.value;
  const models = service.status === 'ready' ? (service.value ?? []) : [];
  if (models.length === 0) return <span>No model answers from documents for this key.</span>;
  if (models.length === 1) return <span>Answered by {models[0]?.id}</span>;
  return (
    <label class="answered-by">
      Answered by{' '}
      <select
        value={documents.model.value?.id ?? ''}
        onChange={(event) => documents.chooseModel(event.currentTarget.value)}
      >
        {models.map(({ id }) => (
          <option key={id} value={id}>
            {id}
          </option>
        ))}
      </select>
    </label>
  );
}

function Introduction() {
  return (
    <div class="welcome">
      <h2>Ask the documents</h2>
      <p>
        Answers come from documents that your groups may read, and say where each sentence stands. What no document
        supports is marked. <a href="#/documents/library">See the library</a> for what is there.
      </p>
    </div>
  );
}
