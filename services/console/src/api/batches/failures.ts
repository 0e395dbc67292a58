import { call } from '../endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { isRecord, numberOf, textOf } from '../json.ts';
import { ApiError, localProblem } from '../problem.ts';
import { filePath } from './files.ts';

/** A request that has no answer, as a line of the error file tells it. */
export interface Failure {
  customId: string;
  code: string;
  message: string;
  /** HTTP status of the refusal; undefined where no answer came at all. */
  status: number | undefined;
}

export interface Failures {
  first: readonly Failure[];
  /** Whether the file has more lines than these. */
  more: boolean;
}

interface Head {
  text: string;
  cut: boolean;
}

/** What is read of an error file, and shown of it: enough to see what went wrong. */
const HEAD_BYTES = 65_536;
const SHOWN = 20;
const TIMEOUT_MS = 15_000;

/** The first lines of an error file. The file is never read whole: it can be as large as the input. */
export async function firstFailures(
  endpoint: Endpoint,
  key: string,
  id: string,
  signal: AbortSignal,
): Promise<Failures> {
  const limits = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const response = await call(endpoint, filePath(id, '/content'), {
      key,
      headers: { range: `bytes=0-${HEAD_BYTES - 1}` },
      signal: limits,
    });
    return failuresIn(await head(response));
  } catch (error) {
    if (signal.aborted || error instanceof ApiError) throw error;
    throw new ApiError(localProblem('unreachable'), error);
  }
}

/** @param head The start of the file; where it is `cut`, the file goes on behind it and the last line is not whole. */
export function failuresIn({ text, cut }: Head): Failures {
  const lines = text.split('\n');
  if (cut) lines.pop();
  const filled = lines.filter((line) => line.trim() !== '');
  return { first: filled.slice(0, SHOWN).flatMap(readFailure), more: cut || filled.length > SHOWN };
}

async function head(response: Response): Promise<Head> {
  const decoder = new TextDecoder();
  const whole = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  const reader = response.body?.getReader();
  let [text, bytes] = ['', 0];
  while (bytes < HEAD_BYTES) {
    const chunk = await reader?.read();
    if (chunk?.value === undefined) return { text, cut: false };
    text += decoder.decode(chunk.value, { stream: true });
    bytes += chunk.value.byteLength;
  }
  // Where the range was ignored, the rest is on its way.
  await reader?.cancel();
  return { text, cut: whole === undefined || Number(whole) > bytes };
}

function readFailure(line: string): Failure[] {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // A line that cannot be read is in the file all the same, for whoever downloads it.
    return [];
  }
  if (!isRecord(value)) return [];
  const response = isRecord(value.response) ? value.response : {};
  const body = isRecord(response.body) ? response.body : {};
  const error = isRecord(value.error) ? value.error : isRecord(body.error) ? body.error : {};
  return [
    {
      customId: textOf(value.custom_id),
      code: textOf(error.code),
      message: textOf(error.message),
      status: numberOf(response.status_code),
    },
  ];
}
