import { useState } from 'preact/hooks';
import type { Model } from '../../api/models.ts';
import type { Batches } from '../../state/batches/batches.ts';
import type { BatchChoices } from '../../state/batches/submission.ts';
import { formatShare } from '../../text/amounts.ts';
import { ProblemView } from '../problem-view.tsx';
import { ShareBar } from '../share-bar.tsx';
import { BackLink } from './batch-view.tsx';
import { InputFile } from './input-file.tsx';

const WINDOWS = [
  { window: '1h', words: '1 hour' },
  { window: '6h', words: '6 hours' },
  { window: '24h', words: '24 hours' },
  { window: '3d', words: '3 days' },
  { window: '7d', words: '7 days' },
  { window: '30d', words: '30 days' },
];
const LONGEST_NAME = 200;

/** A file and how it is to be run. */
export function NewView({
  batches,
  models,
  onSignOut,
}: {
  batches: Batches;
  models: readonly Model[];
  onSignOut: () => void;
}) {
  const { submission } = batches;
  const [choices, setChoices] = useState<BatchChoices>({ name: '', window: '24h', offPeak: true });
  const sending = submission.sending.value;
  const busy = sending.step === 'uploading' || sending.step === 'creating';
  const ready = submission.input.value?.checked.head !== undefined;
  const change = (part: Partial<BatchChoices>) => setChoices({ ...choices, ...part });

  return (
    <div class="view">
      <BackLink />
      <h1>New batch</h1>
      <InputFile submission={submission} models={models} busy={busy} />
      <form
        class="batch-choices"
        onSubmit={(event) => {
          event.preventDefault();
          void submission.submit(choices);
        }}
      >
        <fieldset disabled={busy}>
          <legend class="unseen">How it is run</legend>
          <label>
            Done within
            <select value={choices.window} onChange={({ currentTarget }) => change({ window: currentTarget.value })}>
              {WINDOWS.map(({ window, words }) => (
                <option key={window} value={window}>
                  {words}
                </option>
              ))}
            </select>
            <span class="help">What is not answered by then goes to the error file.</span>
          </label>
          <label>
            Name
            <input
              value={choices.name}
              maxLength={LONGEST_NAME}
              placeholder="That of the file"
              onInput={({ currentTarget }) => change({ name: currentTarget.value })}
            />
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={choices.offPeak}
              onChange={({ currentTarget }) => change({ offPeak: currentTarget.checked })}
            />
            <span>
              Wait for the off-peak hours
              <small>It starts sooner where its deadline leaves no time to wait.</small>
            </span>
          </label>
        </fieldset>
        {sending.step === 'failed' && (
          <ProblemView
            problem={sending.problem}
            now={batches.now}
            actions={{ retry: () => void submission.submit(choices), signIn: onSignOut }}
          />
        )}
        {sending.step === 'uploading' && (
          <div class="sending">
            <span>Sending the file, {formatShare(sending.share)}</span>
            <ShareBar share={sending.share} label="Sending the file" text={formatShare(sending.share)} />
          </div>
        )}
        {sending.step === 'creating' && <p role="status">Making the batch…</p>}
        <div class="actions">
          <button type="submit" class="primary" disabled={!ready || busy}>
            {busy ? 'Sending…' : 'Start the batch'}
          </button>
          {sending.step === 'uploading' && (
            <button type="button" class="plain" onClick={() => submission.drop()}>
              Stop sending
            </button>
          )}
        </div>
        <p class="help">
          The platform checks every line, names its price and reserves it from your budget before the first request is
          run. You pay for what is answered.
        </p>
      </form>
    </div>
  );
}
