import type { BatchCreate } from '@plinth/contracts';
import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { createBatch } from '../../api/batches/batches.ts';
import { uploadInput } from '../../api/batches/upload.ts';
import type { SendForm } from '../../api/batches/upload.ts';
import type { BatchFile } from '../../api/batches/files.ts';
import type { Endpoint } from '../../api/endpoint.ts';
import type { Problem } from '../../api/problem.ts';
import { checkInput, HEAD_BYTES } from '../../text/batch-input.ts';
import type { CheckedInput } from '../../text/batch-input.ts';
import { fileProblem, lostBatch } from '../../text/batch-problems.ts';
import { problemOf } from '../attempt.ts';

/** A chosen file and what its start says. */
export interface Input {
  file: File;
  checked: CheckedInput;
}

/** How far a batch is on its way in. */
export type Sending =
  | { step: 'none' }
  /** `share` of its bytes have been sent, 0 to 1. */
  | { step: 'uploading'; share: number }
  | { step: 'creating' }
  | { step: 'failed'; problem: Problem };

export interface BatchChoices {
  name: string;
  window: string;
  offPeak: boolean;
}

export interface SubmissionState {
  readonly input: ReadonlySignal<Input | undefined>;
  readonly sending: ReadonlySignal<Sending>;
  choose(file: File): Promise<void>;
  /** Sends the file, unless it has been sent before, and makes a batch of it. */
  submit(choices: BatchChoices): Promise<void>;
  /** Stops an upload, or takes the file back. */
  drop(): void;
}

export interface SubmissionParts {
  endpoint: Endpoint;
  key: () => string | undefined;
  sendForm: SendForm;
  onUploaded: (file: BatchFile) => void;
  onCreated: (id: string) => void;
}

export function createSubmission({ endpoint, key, sendForm, onUploaded, onCreated }: SubmissionParts): SubmissionState {
  const input = signal<Input | undefined>(undefined);
  const sending = signal<Sending>({ step: 'none' });
  let controller = new AbortController();
  /** What is on the platform already: where only the batch failed, its file is not sent twice. */
  let uploaded: { of: File; id: string } | undefined;

  function restart(): AbortSignal {
    controller.abort();
    controller = new AbortController();
    sending.value = { step: 'none' };
    return controller.signal;
  }

  async function upload(held: string, file: File, signal: AbortSignal): Promise<string> {
    if (uploaded?.of === file) return uploaded.id;
    sending.value = { step: 'uploading', share: 0 };
    const onSent = (share: number) => {
      if (!signal.aborted) sending.value = { step: 'uploading', share };
    };
    const accepted = await uploadInput(endpoint, sendForm, { file, key: held, signal, onSent });
    uploaded = { of: file, id: accepted.id };
    onUploaded(accepted);
    return accepted.id;
  }

  return {
    input,
    sending,
    async choose(file) {
      const stop = restart();
      input.value = undefined;
      const checked = await checkedFile(file);
      if (!stop.aborted) input.value = { file, checked };
    },
    async submit({ name, window, offPeak }) {
      const [held, chosen] = [key(), input.value];
      const head = chosen?.checked.head;
      if (held === undefined || chosen === undefined || head === undefined) return;
      const { step } = sending.value;
      if (step === 'uploading' || step === 'creating') return;
      const stop = restart();
      try {
        const fileId = await upload(held, chosen.file, stop);
        sending.value = { step: 'creating' };
        const request: BatchCreate = {
          input_file_id: fileId,
          endpoint: head.endpoint,
          completion_window: window,
          ...(name.trim() === '' ? {} : { metadata: { name: name.trim() } }),
          plinth: { off_peak: offPeak },
        };
        const { id } = await createBatch(endpoint, held, request, stop);
        restart();
        input.value = undefined;
        uploaded = undefined;
        onCreated(id);
      } catch (error) {
        if (stop.aborted) return;
        const problem = problemOf(error);
        const creating = sending.value.step === 'creating';
        sending.value = { step: 'failed', problem: creating ? lostBatch(problem) : fileProblem(problem) };
      }
    },
    drop() {
      restart();
      input.value = undefined;
      uploaded = undefined;
    },
  };
}

async function checkedFile(file: File): Promise<CheckedInput> {
  if (file.size === 0) return { wrong: [{ line: undefined, words: 'The file is empty.' }] };
  try {
    return checkInput(await file.slice(0, HEAD_BYTES).text(), file.size);
  } catch (error) {
    console.warn(error);
    return { wrong: [{ line: undefined, words: 'The browser cannot read this file. Choose it again.' }] };
  }
}
