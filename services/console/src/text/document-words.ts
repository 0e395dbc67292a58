import type { DocumentEntry } from '../api/rag/documents.ts';
import type { Upload } from '../state/documents/uploads.ts';
import { formatCount } from './numbers.ts';

/** How far an answer stands on the documents, in words. */
export function groundednessWords(share: number): string {
  if (share >= 1) return 'Every claim is supported by the documents';
  if (share >= 0.8) return 'Most of it is supported by the documents';
  if (share >= 0.5) return 'Partly supported by the documents';
  if (share > 0) return 'Little of it is supported by the documents';
  return 'Nothing of it is supported by the documents';
}

const STEPS: Readonly<Record<string, string>> = {
  parse: 'Reading',
  chunk: 'Cutting into passages',
  embed: 'Computing meanings',
  write: 'Writing to the index',
};

/** What is being done with a document, in words. */
export function stepWords(progress: DocumentEntry['progress']): string {
  const step = STEPS[progress?.step ?? ''] ?? 'Working';
  return progress !== undefined && progress.total > 1
    ? `${step}, ${formatCount(progress.done)} of ${formatCount(progress.total)}`
    : step;
}

const WAY: Readonly<Record<string, readonly [number, number]>> = {
  parse: [0.1, 0.2],
  chunk: [0.2, 0.25],
  embed: [0.25, 0.9],
  write: [0.9, 1],
};

/** How much of the way a file has behind it, 0 to 1. The steps are weighed by what they take: meanings most of all. */
export function uploadShare({ state, progress }: Pick<Upload, 'state' | 'progress'>): number {
  if (state === 'indexed' || state === 'unchanged') return 1;
  if (state === 'waiting' || state === 'failed') return 0;
  if (state === 'sending') return 0.05;
  if (state === 'queued' || progress === undefined) return 0.1;
  const [from, to] = WAY[progress.step] ?? [0.1, 0.1];
  const done = progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
  return from + (to - from) * done;
}

/** Pages of a passage: "page 3", "pages 3–4". */
export function pagesWords(pages: { first: number; last: number } | undefined): string | undefined {
  if (pages === undefined) return undefined;
  return pages.first === pages.last ? `page ${pages.first}` : `pages ${pages.first}–${pages.last}`;
}

const FATES: Readonly<Record<string, string>> = {
  packed: 'Given to the model',
  'over budget': 'Left out: no room in the prompt',
  duplicate: 'Left out: same text as another',
  blocked: 'Left out: the guard objected to it',
  'below rank': 'Left out: others rank higher',
  excluded: 'Left out on request',
};

export function fateWords(fate: string): string {
  return FATES[fate] ?? fate;
}

const REASONS: Readonly<Record<string, string>> = {
  words: 'the passages do not say this',
  number: 'a number the passages do not have',
  name: 'a name the passages do not have',
  negation: 'the passages say the opposite',
};

/** Why a sentence is not supported. */
export function reasonWords(reason: string): string {
  return REASONS[reason] ?? 'no passage supports it';
}
