import { computed, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { Endpoint } from '../../api/endpoint.ts';
import type { Model } from '../../api/models.ts';
import { readMonitor } from '../../api/rag/monitor.ts';
import type { MonitorReport } from '../../api/rag/monitor.ts';
import { documentModels } from '../../api/rag/service.ts';
import type { FrameScheduler } from '../frame-batch.ts';
import type { RouteState } from '../route.ts';
import { createAsk } from './ask.ts';
import type { AskState } from './ask.ts';
import { attempt, IDLE, LOADING } from '../attempt.ts';
import type { Loaded } from '../attempt.ts';
import { forgetWithKey } from '../forget-with-key.ts';
import { createEvaluation } from './evaluation.ts';
import type { EvaluationState } from './evaluation.ts';
import { createLibrary } from './library.ts';
import type { LibraryState } from './library.ts';
import { createPanel } from './panel.ts';
import type { PanelState } from './panel.ts';
import { createUploads } from './uploads.ts';
import type { UploadsState } from './uploads.ts';
import type { Wait } from '../wait.ts';

export interface DocumentsParts {
  endpoint: Endpoint;
  frames: FrameScheduler;
  wait: Wait;
  /** Undefined while nobody is signed in. */
  key: ReadonlySignal<string | undefined>;
  route: RouteState;
}

/** Everything the documents mode shows and does, without the page. */
export interface Documents {
  /** Models that answer from documents; ready with none at all where this platform has no document service. */
  readonly service: ReadonlySignal<Loaded<readonly Model[] | undefined>>;
  readonly model: ReadonlySignal<Model | undefined>;
  readonly ask: AskState;
  readonly panel: PanelState;
  readonly library: LibraryState;
  readonly uploads: UploadsState;
  readonly evaluation: EvaluationState;
  readonly monitor: ReadonlySignal<Loaded<MonitorReport>>;
  readonly route: RouteState;
  readonly now: () => number;
  /** Asks whether this platform has documents. */
  enter(): Promise<void>;
  chooseModel(id: string): void;
  readMonitor(): Promise<void>;
}

export function createDocuments({ endpoint, frames, wait, key, route }: DocumentsParts): Documents {
  const service = signal<Loaded<readonly Model[] | undefined>>(IDLE);
  const monitor = signal<Loaded<MonitorReport>>(IDLE);
  const chosen = signal('');
  const model = computed(() => {
    const models = service.value.status === 'ready' ? (service.value.value ?? []) : [];
    return models.find(({ id }) => id === chosen.value) ?? models[0];
  });
  const held = () => key.value;
  const library = createLibrary(endpoint, held);
  const uploads = createUploads({ endpoint, key: held, wait, onSettled: () => void library.refresh() });
  const ask = createAsk({ endpoint, frames, key: held, model: () => model.value?.id });
  const evaluation = createEvaluation(endpoint, held);

  /** Keeps what came only while the same key is signed in. */
  async function load<T>(work: (held: string) => Promise<T>, keep: (result: Loaded<T>) => void): Promise<void> {
    const mine = key.value;
    if (mine === undefined) return;
    const result = await attempt(() => work(mine));
    if (key.value === mine) keep(result);
  }

  function clear(): void {
    service.value = IDLE;
    monitor.value = IDLE;
    chosen.value = '';
    ask.clear();
    library.clear();
    uploads.clear();
    evaluation.clear();
  }
  forgetWithKey(key, clear);

  return {
    service,
    model,
    ask,
    panel: createPanel(endpoint, key, route.route),
    library,
    uploads,
    evaluation,
    monitor,
    route,
    now: endpoint.now,
    async enter() {
      if (service.value.status === 'ready' || service.value.status === 'loading') return;
      service.value = LOADING;
      await load(
        (mine) => documentModels(endpoint, mine),
        (result) => {
          service.value = result;
        },
      );
    },
    chooseModel(id) {
      chosen.value = id;
    },
    async readMonitor() {
      if (monitor.value.status !== 'ready') monitor.value = LOADING;
      await load(
        (mine) => readMonitor(endpoint, mine),
        (result) => {
          monitor.value = result;
        },
      );
    },
  };
}
