import { callJson } from '../endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { isRecord, numberOf, textOf } from '../json.ts';
import { ApiError, localProblem } from '../problem.ts';
import { documentPath } from './documents.ts';

/** One block of a document: a slice of its canonical text, UTF-16 offsets. */
export interface SourceBlock {
  kind: string;
  level: number | undefined;
  start: number;
  end: number;
  page: number | undefined;
}

/** The canonical text of one version. Blocks are in order, do not overlap and lie within the text. */
export interface SourceText {
  version: number;
  text: string;
  blocks: readonly SourceBlock[];
}

/** Longest wait for a text, milliseconds: a long one is some megabytes. */
const TEXT_TIMEOUT_MS = 60_000;

export async function readSourceText(
  endpoint: Endpoint,
  key: string,
  { id, version, signal }: { id: string; version: number | undefined; signal: AbortSignal },
): Promise<SourceText> {
  const path = documentPath(id, version === undefined ? '/text' : `/text?version=${version}`);
  const body = await callJson(endpoint, path, { key, signal, timeoutMs: TEXT_TIMEOUT_MS });
  if (!isRecord(body) || typeof body.text !== 'string') throw new ApiError(localProblem('unreadable'));
  const { text } = body;
  const blocks: SourceBlock[] = [];
  let end = 0;
  for (const given of Array.isArray(body.blocks) ? (body.blocks as unknown[]) : []) {
    if (!isRecord(given)) continue;
    const block = {
      kind: textOf(given.kind),
      level: numberOf(given.level),
      start: numberOf(given.start) ?? -1,
      end: numberOf(given.end) ?? -1,
      page: numberOf(given.page),
    };
    // Whatever overlaps or lies outside is no slice of this text.
    if (block.start < end || block.end <= block.start || block.end > text.length) continue;
    blocks.push(block);
    end = block.end;
  }
  return { version: numberOf(body.version) ?? version ?? 1, text, blocks };
}
