import type { Endpoint } from '../endpoint.ts';
import { ApiError, localProblem, problemFromBody, retryTime } from '../problem.ts';
import { readFile } from './files.ts';
import type { BatchFile } from './files.ts';

export interface FormRequest {
  url: string;
  key: string;
  form: FormData;
  signal: AbortSignal;
  /** Told, now and then, what share of the bytes has been sent, 0 to 1. */
  onSent: (share: number) => void;
}

export interface FormAnswer {
  status: number;
  /** As it came. */
  text: string;
  retryAfter: string | null;
}

/** Sends a form and tells how far it is, which `fetch` cannot. Fails where no answer came; an abort passes through as it is. */
export type SendForm = (request: FormRequest) => Promise<FormAnswer>;

/** Hands an input file over; durable when it resolves. */
export async function uploadInput(
  endpoint: Endpoint,
  send: SendForm,
  { file, ...request }: { file: File } & Omit<FormRequest, 'url' | 'form'>,
): Promise<BatchFile> {
  const form = new FormData();
  form.append('purpose', 'batch');
  form.append('file', file);
  let answer: FormAnswer;
  try {
    answer = await send({ ...request, url: `${endpoint.baseUrl}/v1/files`, form });
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new ApiError(localProblem('unreachable'), error);
  }
  const { status, text, retryAfter } = answer;
  const body = parsed(text);
  if (status >= 200 && status < 300) return readFile(body);
  throw new ApiError(problemFromBody(status, body, retryTime(retryAfter, endpoint.now())));
}

/** Longest time in which nothing moves, milliseconds. A large file may take hours, as long as it goes on. */
const STALL_MS = 60_000;

/** The browser's own, over XMLHttpRequest. */
export const browserSendForm: SendForm = ({ url, key, form, signal, onSent }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = (error: unknown) => {
      reject(error);
      request.abort();
    };
    const abort = () => fail(signal.reason);
    const stalled = () => fail(new Error('Nothing was sent or came back for a minute.'));
    let watch = setTimeout(stalled, STALL_MS);
    request.upload.onprogress = ({ loaded, total }) => {
      clearTimeout(watch);
      watch = setTimeout(stalled, STALL_MS);
      if (total > 0) onSent(loaded / total);
    };
    request.onload = () =>
      resolve({
        status: request.status,
        text: request.responseText,
        retryAfter: request.getResponseHeader('retry-after'),
      });
    request.onerror = () => reject(new Error('The connection broke.'));
    request.onloadend = () => {
      clearTimeout(watch);
      signal.removeEventListener('abort', abort);
    };
    signal.addEventListener('abort', abort);
    request.open('POST', url);
    request.setRequestHeader('authorization', `Bearer ${key}`);
    request.send(form);
    if (signal.aborted) abort();
  });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page: the status says what happened.
    return undefined;
  }
}
