import { effect, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { Endpoint } from '../../api/endpoint.ts';
import { downloadOriginal, getDocument } from '../../api/rag/documents.ts';
import type { DocumentEntry } from '../../api/rag/documents.ts';
import { explainAnswer } from '../../api/rag/explanation.ts';
import type { Explanation } from '../../api/rag/explanation.ts';
import { readSourceText } from '../../api/rag/source-text.ts';
import type { SourceText } from '../../api/rag/source-text.ts';
import type { Panel, Route } from '../route.ts';
import { attempt, IDLE, LOADING, problemOf } from '../attempt.ts';
import type { Loaded } from '../attempt.ts';

export interface OpenSource extends SourceText {
  document: DocumentEntry;
}

export interface PanelState {
  readonly panel: ReadonlySignal<Panel | undefined>;
  readonly source: ReadonlySignal<Loaded<OpenSource>>;
  readonly explanation: ReadonlySignal<Loaded<Explanation>>;
  /** Whether the answer is being made again without each passage. */
  readonly attributing: ReadonlySignal<boolean>;
  /** Asks which passage mattered; the explanation then says. */
  attribute(): Promise<void>;
  /** The original's bytes; on failure the source says why. */
  download(id: string): Promise<Blob | undefined>;
  reload(): void;
  close(): void;
}

/** Loads what the address names, whoever put it there: a click, the back button or a link. */
export function createPanel(
  endpoint: Endpoint,
  key: ReadonlySignal<string | undefined>,
  route: ReadonlySignal<Route>,
): PanelState {
  const panel = signal<Panel | undefined>(undefined);
  const source = signal<Loaded<OpenSource>>(IDLE);
  const explanation = signal<Loaded<Explanation>>(IDLE);
  const attributing = signal(false);
  const again = signal(0);
  let controller = new AbortController();
  let loaded = '';

  async function loadSource(held: string, id: string, version: number | undefined, signal: AbortSignal): Promise<void> {
    source.value = LOADING;
    const result = await attempt(async () => {
      const [document, text] = await Promise.all([
        getDocument(endpoint, held, id, signal),
        readSourceText(endpoint, held, { id, version, signal }),
      ]);
      return { document, ...text };
    });
    if (!signal.aborted) source.value = result;
  }

  async function loadExplanation(held: string, answerId: string, signal: AbortSignal): Promise<void> {
    explanation.value = LOADING;
    const result = await attempt(() => explainAnswer(endpoint, held, { answerId, attribution: false, signal }));
    if (!signal.aborted) explanation.value = result;
  }

  const dispose = effect(() => {
    const now = route.value;
    const next = now.mode === 'documents' ? now.panel : undefined;
    const held = key.value;
    const round = again.value;
    panel.value = next;
    const wanted =
      next === undefined || held === undefined
        ? ''
        : JSON.stringify([held, round, next.kind === 'source' ? [next.id, next.version] : next.answerId]);
    // Another place in the same text needs no second reading.
    if (wanted === loaded) return;
    loaded = wanted;
    controller.abort();
    controller = new AbortController();
    attributing.value = false;
    if (next === undefined || held === undefined) {
      source.value = IDLE;
      explanation.value = IDLE;
    } else if (next.kind === 'source') void loadSource(held, next.id, next.version, controller.signal);
    else void loadExplanation(held, next.answerId, controller.signal);
  });

  return {
    panel,
    source,
    explanation,
    attributing,
    async attribute() {
      const [held, now] = [key.value, explanation.value];
      if (held === undefined || now.status !== 'ready' || attributing.value) return;
      const { signal } = controller;
      attributing.value = true;
      const { answerId } = now.value;
      const result = await attempt(() => explainAnswer(endpoint, held, { answerId, attribution: true, signal }));
      if (signal.aborted) return;
      attributing.value = false;
      explanation.value = result;
    },
    async download(id) {
      const held = key.value;
      if (held === undefined) return undefined;
      try {
        return await downloadOriginal(endpoint, held, id);
      } catch (error) {
        source.value = { status: 'failed', problem: problemOf(error) };
        return undefined;
      }
    },
    reload() {
      again.value += 1;
    },
    close: () => {
      dispose();
      controller.abort();
    },
  };
}
