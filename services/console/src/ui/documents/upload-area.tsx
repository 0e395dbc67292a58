import { useRef, useState } from 'preact/hooks';
import type { Documents } from '../../state/documents/documents.ts';
import { isSettled } from '../../state/documents/uploads.ts';
import type { Upload } from '../../state/documents/uploads.ts';
import { formatBytes, formatShare } from '../../text/amounts.ts';
import { stepWords, uploadShare } from '../../text/document-words.ts';
import { plural } from '../../text/numbers.ts';
import { UploadIcon } from '../icons.tsx';
import { ShareBar } from '../share-bar.tsx';

const READABLE = '.pdf,.docx,.html,.htm,.md,.markdown,.txt,.csv,.json';

/** Where files are dropped or chosen, with the groups that may read them, and how far each has come. */
export function UploadArea({ documents }: { documents: Documents }) {
  const { library, uploads } = documents;
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [picked, setPicked] = useState<readonly string[] | undefined>(undefined);
  const [typed, setTyped] = useState('');
  const own = library.groups.value ?? [];
  // A single group needs no choosing.
  const chosen = picked ?? (own.length === 1 ? own : []);
  const groups = [...new Set([...chosen, ...typed.split(',').map((group) => group.trim())])].filter(
    (group) => group !== '',
  );
  const ready = groups.length > 0;

  function send(files: FileList | null | undefined): void {
    if (files === null || files === undefined || files.length === 0 || !ready) return;
    void uploads.send([...files], groups);
  }

  return (
    <section
      class={over ? 'upload over' : 'upload'}
      aria-label="Add documents"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        send(event.dataTransfer?.files);
      }}
    >
      <div class="upload-row">
        <fieldset>
          <legend>Who may read them</legend>
          {own.map((group) => (
            <label key={group} class="check">
              <input
                type="checkbox"
                checked={chosen.includes(group)}
                onChange={({ currentTarget }) =>
                  setPicked(currentTarget.checked ? [...chosen, group] : chosen.filter((each) => each !== group))
                }
              />
              {group}
            </label>
          ))}
          {own.length === 0 && library.groups.value !== undefined && (
            <label class="typed">
              Groups of yours, with commas
              <input value={typed} onInput={({ currentTarget }) => setTyped(currentTarget.value)} />
            </label>
          )}
        </fieldset>
        <div class="choose">
          <button type="button" class="primary" disabled={!ready} onClick={() => input.current?.click()}>
            <UploadIcon /> Add files
          </button>
          <p class="help">
            {ready ? 'Or drop them here. A file of the same name becomes the next version.' : 'Choose a group first.'}
          </p>
        </div>
        <input
          ref={input}
          type="file"
          multiple
          accept={READABLE}
          class="unseen"
          tabindex={-1}
          aria-label="Files to add"
          onChange={({ currentTarget }) => {
            send(currentTarget.files);
            currentTarget.value = '';
          }}
        />
      </div>
      <UploadList documents={documents} />
    </section>
  );
}

function UploadList({ documents }: { documents: Documents }) {
  const uploads = documents.uploads.uploads.value;
  if (uploads.length === 0) return null;
  const settled = uploads.filter(({ state }) => isSettled(state)).length;
  return (
    <>
      <div class="upload-head">
        <p role="status">
          {settled} of {plural(uploads.length, 'file')} done
        </p>
        <button type="button" class="plain" disabled={settled === 0} onClick={() => documents.uploads.tidy()}>
          Clear what is done
        </button>
      </div>
      <ul class="uploads">
        {uploads.map((upload) => (
          <li key={upload.id} class={upload.state}>
            <span class="name">
              {upload.name} <small>{formatBytes(upload.bytes)}</small>
            </span>
            <span class="step">{uploadWords(upload)}</span>
            {!isSettled(upload.state) && (
              <ShareBar
                share={uploadShare(upload)}
                label={`Progress of ${upload.name}`}
                text={formatShare(uploadShare(upload))}
              />
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function uploadWords({ state, progress, reason }: Upload): string {
  switch (state) {
    case 'waiting':
      return 'Waiting';
    case 'sending':
      return 'Sending';
    case 'queued':
      return 'Received, waiting';
    case 'running':
      return stepWords(progress);
    case 'indexed':
      return '✓ Ready to be asked';
    case 'unchanged':
      return '✓ Is there already, unchanged';
    case 'failed':
      return `✗ ${reason ?? 'Failed'}`;
  }
}
