import type { ChatCompletionRequest } from '@plinth/contracts';
import { streamChat } from '../chat-stream.ts';
import type { ChatStreamEvent } from '../chat-stream.ts';
import type { Endpoint } from '../endpoint.ts';
import { isRecord, numberOf, textOf } from '../json.ts';

/** A slice of a text, UTF-16 offsets. */
export interface Span {
  start: number;
  end: number;
}

/** What a part of an answer stands on: a slice of a document. */
export interface Citation {
  /** Where in the answer it is given. */
  at: Span;
  documentId: string;
  version: number | undefined;
  title: string;
  page: number | undefined;
  quote: string;
  /** Where the quote is in the canonical text of that version; absent where the service does not say. */
  source: Span | undefined;
}

/** What the documents have to do with an answer. Grows while it streams. */
export interface Grounding {
  answerId: string | undefined;
  citations: readonly Citation[];
  /** Parts of the answer that no passage supports. */
  unsupported: readonly Span[];
  /** Share of the sentences that are supported, 0 to 1. */
  groundedness: number | undefined;
  abstained: boolean;
  /** Sentences that were taken out because no passage supports them. */
  removed: number;
  /** What a follow-up question was looked for as. */
  query: string | undefined;
}

export const UNGROUNDED: Grounding = {
  answerId: undefined,
  citations: [],
  unsupported: [],
  groundedness: undefined,
  abstained: false,
  removed: 0,
  query: undefined,
};

/** Citations of one answer that are read; more than any answer needs. */
const MOST = 500;

/**
 * Asks the documents. As `streamChat`, and `onGrounding` is told whenever a chunk says more about where the answer stands, before its text comes.
 */
export function streamAnswer(
  endpoint: Endpoint,
  key: string,
  request: ChatCompletionRequest,
  signal: AbortSignal,
  onGrounding: (grounding: Grounding) => void,
): AsyncGenerator<ChatStreamEvent, void, undefined> {
  let grounding = UNGROUNDED;
  return streamChat(endpoint, key, request, signal, {
    path: '/rag/v1/chat/completions',
    onChunk(chunk) {
      const next = readGrounding(chunk, grounding);
      if (next === grounding) return;
      grounding = next;
      onGrounding(next);
    },
  });
}

/** Takes one chunk of a stream into what was known; the same object where it says nothing new. */
export function readGrounding(chunk: Record<string, unknown>, before: Grounding): Grounding {
  const choice: unknown = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
  const delta = isRecord(choice) ? choice.delta : undefined;
  const added = isRecord(delta) && Array.isArray(delta.annotations) ? delta.annotations.flatMap(readCitation) : [];
  const told = isRecord(chunk.plinth) ? chunk.plinth : undefined;
  if (added.length === 0 && told === undefined) return before;
  const unsupported = Array.isArray(told?.unsupported) ? told.unsupported.flatMap(unsupportedSpan) : undefined;
  const share = numberOf(told?.groundedness);
  return {
    answerId: typeof told?.answer_id === 'string' ? told.answer_id : before.answerId,
    citations: [...before.citations, ...added].slice(0, MOST),
    unsupported: unsupported?.slice(0, MOST) ?? before.unsupported,
    groundedness: share === undefined ? before.groundedness : Math.min(1, Math.max(0, share)),
    abstained: typeof told?.abstained === 'boolean' ? told.abstained : before.abstained,
    removed: numberOf(told?.removed_sentences) ?? before.removed,
    query: typeof told?.query === 'string' ? told.query : before.query,
  };
}

function readCitation(annotation: unknown): Citation[] {
  if (!isRecord(annotation) || annotation.type !== 'url_citation' || !isRecord(annotation.url_citation)) return [];
  const given = annotation.url_citation;
  const at = spanOf(given.start_index, given.end_index);
  if (at === undefined || typeof given.document_id !== 'string' || given.document_id === '') return [];
  return [
    {
      at,
      documentId: given.document_id,
      version: numberOf(given.version),
      title: textOf(given.title) || given.document_id,
      page: numberOf(given.page),
      quote: textOf(given.quote),
      source: spanOf(given.start, given.end),
    },
  ];
}

function unsupportedSpan(sentence: unknown): Span[] {
  const span = isRecord(sentence) ? spanOf(sentence.start_index, sentence.end_index) : undefined;
  return span === undefined ? [] : [span];
}

function spanOf(start: unknown, end: unknown): Span | undefined {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end)) return undefined;
  const span = { start: start as number, end: end as number };
  return span.start >= 0 && span.end >= span.start ? span : undefined;
}
