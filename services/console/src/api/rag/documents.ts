import { downloadBytes } from '../download.ts';
import { callJson } from '../endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { isRecord, list, numberOf, textOf, textsOf } from '../json.ts';
import { ApiError, localProblem } from '../problem.ts';

export type DocumentState = 'queued' | 'running' | 'indexed' | 'failed';

/** A document as the library shows it. */
export interface DocumentEntry {
  id: string;
  title: string;
  version: number;
  /** What search finds; absent until the first version is indexed. */
  indexedVersion: number | undefined;
  state: DocumentState;
  reason: string | undefined;
  progress: { step: string; done: number; total: number } | undefined;
  groups: readonly string[];
  bytes: number;
  pages: number | undefined;
  passages: number;
  /** Epoch milliseconds. */
  updatedAt: number;
}

export interface DocumentPage {
  entries: readonly DocumentEntry[];
  /** Where the next page starts; undefined on the last. */
  next: string | undefined;
}

/** Longest wait for an upload to be accepted, milliseconds: the bytes travel first. */
const UPLOAD_TIMEOUT_MS = 600_000;
const STATES: readonly string[] = ['queued', 'running', 'indexed', 'failed'] satisfies DocumentState[];

export function documentPath(id: string, rest = ''): string {
  return `/rag/v1/documents/${encodeURIComponent(id)}${rest}`;
}

export async function listDocuments(
  endpoint: Endpoint,
  key: string,
  { after, limit, signal }: { after: string | undefined; limit: number; signal?: AbortSignal },
): Promise<DocumentPage> {
  const query = new URLSearchParams({ limit: String(limit), ...(after === undefined ? {} : { after }) });
  const body = await callJson(endpoint, `/rag/v1/documents?${query}`, {
    key,
    ...(signal === undefined ? {} : { signal }),
  });
  const entries = list(body);
  if (entries === undefined || !isRecord(body)) throw new ApiError(localProblem('unreadable'));
  const last = textOf(body.last_id);
  return { entries: entries.flatMap(readDocument), next: body.has_more === true && last !== '' ? last : undefined };
}

export async function getDocument(
  endpoint: Endpoint,
  key: string,
  id: string,
  signal?: AbortSignal,
): Promise<DocumentEntry> {
  const body = await callJson(endpoint, documentPath(id), { key, ...(signal === undefined ? {} : { signal }) });
  const [entry] = readDocument(body);
  if (entry === undefined) throw new ApiError(localProblem('unreadable'));
  return entry;
}

/** Hands a file over; durable when it resolves. The id is what the service made of the file's name. */
export async function uploadDocument(
  endpoint: Endpoint,
  key: string,
  { file, groups, signal }: { file: File; groups: readonly string[]; signal: AbortSignal },
): Promise<{ id: string; version: number; unchanged: boolean }> {
  const form = new FormData();
  // Before the file, so that the service can refuse them without reading it.
  for (const group of groups) form.append('groups', group);
  form.append('file', file);
  const body = await callJson(endpoint, '/rag/v1/documents', {
    method: 'POST',
    key,
    form,
    signal,
    timeoutMs: UPLOAD_TIMEOUT_MS,
  });
  if (!isRecord(body) || typeof body.id !== 'string') throw new ApiError(localProblem('unreadable'));
  return { id: body.id, version: numberOf(body.version) ?? 1, unchanged: body.unchanged === true };
}

export async function deleteDocument(endpoint: Endpoint, key: string, id: string): Promise<void> {
  await callJson(endpoint, documentPath(id), { key, method: 'DELETE' });
}

/** The original bytes, whatever they are: to be saved, never shown. */
export async function downloadOriginal(endpoint: Endpoint, key: string, id: string): Promise<Blob> {
  return downloadBytes(endpoint, key, documentPath(id, '/content'));
}

function readDocument(value: unknown): DocumentEntry[] {
  if (!isRecord(value) || typeof value.id !== 'string' || !STATES.includes(textOf(value.state))) return [];
  const { progress } = value;
  return [
    {
      id: value.id,
      title: textOf(value.title) || value.id,
      version: numberOf(value.version) ?? 1,
      indexedVersion: numberOf(value.indexed_version),
      state: value.state as DocumentState,
      reason: textOf(value.reason) || undefined,
      progress: isRecord(progress)
        ? { step: textOf(progress.step), done: numberOf(progress.done) ?? 0, total: numberOf(progress.total) ?? 0 }
        : undefined,
      groups: textsOf(value.groups),
      bytes: numberOf(value.bytes) ?? 0,
      pages: numberOf(value.pages),
      passages: numberOf(value.passages) ?? 0,
      updatedAt: (numberOf(value.updated_at) ?? 0) * 1_000,
    },
  ];
}
