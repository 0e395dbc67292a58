import type { ReadonlySignal } from '@preact/signals';
import type { SendForm } from '../../api/batches/upload.ts';
import type { Endpoint } from '../../api/endpoint.ts';
import { forgetWithKey } from '../forget-with-key.ts';
import type { RouteState } from '../route.ts';
import { createFileNames } from './file-names.ts';
import type { FileNames } from './file-names.ts';
import { createBatchList } from './list.ts';
import type { BatchListState } from './list.ts';
import { createOneBatch } from './one.ts';
import type { OneBatchState } from './one.ts';
import type { Watch } from '../polling.ts';
import { createSightings } from './sightings.ts';
import type { Sightings } from './sightings.ts';
import { createSubmission } from './submission.ts';
import type { SubmissionState } from './submission.ts';

export interface BatchesParts {
  endpoint: Endpoint;
  sendForm: SendForm;
  watch: Watch;
  /** Undefined while nobody is signed in. */
  key: ReadonlySignal<string | undefined>;
  route: RouteState;
}

/** Everything the batches mode shows and does, without the page. */
export interface Batches {
  readonly list: BatchListState;
  readonly one: OneBatchState;
  readonly submission: SubmissionState;
  readonly files: FileNames['files'];
  readonly sightings: Pick<Sightings, 'samples' | 'news'>;
  readonly route: RouteState;
  readonly now: () => number;
}

export function createBatches({ endpoint, sendForm, watch, key, route }: BatchesParts): Batches {
  const held = () => key.value;
  const files = createFileNames(endpoint, held);
  const sightings = createSightings();
  const parts = { endpoint, key: held, files, sightings, watch };
  const list = createBatchList(parts);
  const one = createOneBatch(parts);
  const submission = createSubmission({
    endpoint,
    key: held,
    sendForm,
    onUploaded: (file) => files.know(file),
    onCreated(id) {
      const now = route.route.value;
      // Whoever has gone elsewhere meanwhile stays there.
      if (now.mode === 'batches' && now.place === 'new') route.go({ mode: 'batches', place: { id } });
    },
  });

  forgetWithKey(key, () => {
    for (const part of [list, one, files, sightings]) part.clear();
    submission.drop();
  });

  return { list, one, submission, files: files.files, sightings, route, now: endpoint.now };
}
