import { isRecord } from '../api/json.ts';
import type { BatchEndpoint } from '@plinth/contracts';

/** What the start of an input file says. */
export interface InputHead {
  /** Lines that were looked at. */
  looked: number;
  endpoint: BatchEndpoint;
  model: string;
  /** Requests in the whole file: counted where all of it was looked at, else by the length of those lines. */
  requests: { count: number; exact: boolean };
}

/** A line that the platform would refuse. */
export interface WrongLine {
  /** From 1; undefined where it is about the whole file. */
  line: number | undefined;
  words: string;
}

export type CheckedInput = { head: InputHead; wrong?: undefined } | { head?: undefined; wrong: readonly WrongLine[] };

/** What is looked at: at most so many lines of so many bytes at the start of a file. */
export const HEAD_BYTES = 262_144;
const HEAD_LINES = 200;
const MOST_WRONG = 5;
const LONGEST_ID = 512;
const ENDPOINTS: readonly string[] = ['/v1/chat/completions', '/v1/embeddings'] satisfies BatchEndpoint[];

/**
 * Looks at the start of an input file before it is sent, by the rules the platform holds all of it to: mistakes that would fail the batch are told
 * now. @param bytes Of the whole file. `text` is its start, `HEAD_BYTES` of it at most.
 */
export function checkInput(text: string, bytes: number): CheckedInput {
  const cut = bytes > HEAD_BYTES;
  const lines = text.split('\n');
  // The last one may go on behind what was read.
  if (cut) lines.pop();
  if (cut && lines.length === 0)
    return whole('The first line is longer than 256 kB. A file of requests has one request on each line.');
  if (text.includes('\u0000')) return whole('This is not text in UTF-8. Save it as JSONL: one request on each line.');
  const looked = lines.slice(0, HEAD_LINES);
  const check = createCheck();
  const wrong = looked.flatMap((line, index) => {
    const words = line.trim() === '' ? undefined : check.line(line, index + 1);
    return words === undefined ? [] : [{ line: index + 1, words }];
  });
  if (wrong.length > 0) return { wrong: wrong.slice(0, MOST_WRONG) };
  const first = check.first();
  if (first === undefined) return whole('The file has no requests: each line is one, in JSON.');
  const count = check.count();
  const exact = !cut && lines.length <= HEAD_LINES;
  const size = new TextEncoder().encode(looked.join('\n')).byteLength + 1;
  const requests = { count: exact ? count : Math.max(count, Math.round((bytes / size) * count)), exact };
  return { head: { ...first, looked: count, requests } };
}

function whole(words: string): CheckedInput {
  return { wrong: [{ line: undefined, words }] };
}

/** Holds line after line to the rules, those that concern all of them too. */
function createCheck() {
  const ids = new Map<string, number>();
  let first: Pick<InputHead, 'endpoint' | 'model'> | undefined;

  function line(text: string, number: number): string | undefined {
    const value = parsed(text);
    if (value === undefined) return 'is not JSON.';
    if (!isRecord(value)) return 'is not a JSON object.';
    const { custom_id: id, method, url, body } = value;
    if (typeof id !== 'string' || id === '') return 'has no custom_id: a name of its own, to find its answer by.';
    if (id.length > LONGEST_ID) return `has a custom_id of more than ${LONGEST_ID} characters.`;
    if (method !== 'POST') return 'has no method "POST".';
    if (typeof url !== 'string' || !ENDPOINTS.includes(url)) return `has no url that is ${ENDPOINTS.join(' or ')}.`;
    if (!isRecord(body) || typeof body.model !== 'string' || body.model === '') return 'names no model in its body.';
    first ??= { endpoint: url as BatchEndpoint, model: body.model };
    if (url !== first.endpoint) return `is for ${url}, the first one for ${first.endpoint}: a batch is for one.`;
    if (body.model !== first.model)
      return `names the model ${short(body.model)}, the first one ${short(first.model)}: a batch is of one model.`;
    const twin = ids.get(id);
    if (twin !== undefined) return `has the custom_id ${short(id)}, which line ${twin} has too.`;
    ids.set(id, number);
    return undefined;
  }
  return { line, first: () => first, count: () => ids.size };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is wrong with it is told by the line; its text is not repeated.
    return undefined;
  }
}

function short(name: string): string {
  return `“${name.length > 48 ? `${name.slice(0, 48)}…` : name}”`;
}
