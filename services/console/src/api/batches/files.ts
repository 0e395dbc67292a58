import { downloadBytes } from '../download.ts';
import { callJson } from '../endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { isRecord, numberOf, textOf } from '../json.ts';
import { ApiError, localProblem } from '../problem.ts';

/** A file of a batch: what was sent in, or what came out. */
export interface BatchFile {
  id: string;
  name: string;
  bytes: number;
}

export function filePath(id: string, rest = ''): string {
  return `/v1/files/${encodeURIComponent(id)}${rest}`;
}

/** What a file is called and how large it is; undefined where it has been deleted. */
export async function getFile(endpoint: Endpoint, key: string, id: string): Promise<BatchFile | undefined> {
  try {
    return readFile(await callJson(endpoint, filePath(id), { key }));
  } catch (error) {
    if (error instanceof ApiError && error.problem.code === 'not_found') return undefined;
    throw error;
  }
}

/** The bytes of a file: to be saved, never shown. */
export function downloadFile(endpoint: Endpoint, key: string, id: string): Promise<Blob> {
  return downloadBytes(endpoint, key, filePath(id, '/content'));
}

export function readFile(body: unknown): BatchFile {
  if (!isRecord(body) || typeof body.id !== 'string') throw new ApiError(localProblem('unreadable'));
  return { id: body.id, name: textOf(body.filename) || body.id, bytes: numberOf(body.bytes) ?? 0 };
}
