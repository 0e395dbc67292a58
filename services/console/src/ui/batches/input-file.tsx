import { useRef, useState } from 'preact/hooks';
import type { Model } from '../../api/models.ts';
import type { Input, SubmissionState } from '../../state/batches/submission.ts';
import { formatBytes } from '../../text/amounts.ts';
import type { InputHead, WrongLine } from '../../text/batch-input.ts';
import { formatCount, plural } from '../../text/numbers.ts';
import { UploadIcon } from '../icons.tsx';

interface Props {
  submission: SubmissionState;
  models: readonly Model[];
  busy: boolean;
}

/** Where the file is dropped or chosen, with what its start says. */
export function InputFile({ submission, models, busy }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const input = submission.input.value;

  function choose(file: File | undefined): void {
    if (file !== undefined && !busy) void submission.choose(file);
  }

  return (
    <section
      class={over ? 'upload over' : 'upload'}
      aria-label="Requests"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        choose(event.dataTransfer?.files[0]);
      }}
    >
      <div class="choose-input">
        <button
          type="button"
          class={input === undefined ? 'primary' : 'plain'}
          disabled={busy}
          onClick={() => field.current?.click()}
        >
          <UploadIcon /> {input === undefined ? 'Choose a JSONL file' : 'Choose another'}
        </button>
        <p class="help">Or drop it here. Each line is one request in JSON, as OpenAI’s batches have it.</p>
      </div>
      <input
        ref={field}
        type="file"
        accept=".jsonl,.ndjson,.json,.txt"
        class="unseen"
        tabindex={-1}
        aria-label="File of requests"
        onChange={({ currentTarget }) => {
          choose(currentTarget.files?.[0]);
          currentTarget.value = '';
        }}
      />
      {input !== undefined && <Chosen input={input} models={models} />}
    </section>
  );
}

function Chosen({ input: { file, checked }, models }: { input: Input; models: readonly Model[] }) {
  return (
    <div class="chosen" role="status">
      <p class="chosen-name">
        {file.name} <small>{formatBytes(file.size)}</small>
      </p>
      {checked.head === undefined ? (
        <Refused wrong={checked.wrong} />
      ) : (
        <HeadFacts head={checked.head} known={models.some(({ id }) => id === checked.head.model)} />
      )}
    </div>
  );
}

function HeadFacts({ head, known }: { head: InputHead; known: boolean }) {
  const { requests, model, endpoint, looked } = head;
  return (
    <>
      <dl class="pairs">
        <div>
          <dt>Requests</dt>
          <dd>
            {requests.exact
              ? formatCount(requests.count)
              : `about ${formatCount(Number(requests.count.toPrecision(2)))}`}
          </dd>
        </div>
        <div>
          <dt>Model</dt>
          <dd>{model}</dd>
        </div>
        <div>
          <dt>Route</dt>
          <dd>
            <code>{endpoint}</code>
          </dd>
        </div>
      </dl>
      {!known && <p class="late">This key lists no model of that name: the platform may refuse the file.</p>}
      <p class="help">{requests.exact ? 'All lines look right.' : `The first ${plural(looked, 'line')} look right.`}</p>
    </>
  );
}

function Refused({ wrong }: { wrong: readonly WrongLine[] }) {
  return (
    <>
      <p class="problem-line">This file would be refused:</p>
      <ul class="wrong-lines">
        {wrong.map(({ line, words }) => (
          <li key={line ?? 0}>
            {line !== undefined && <strong>Line {line}</strong>} {words}
          </li>
        ))}
      </ul>
    </>
  );
}
