import {
  ENDED,
  PlatformError,
  type AsyncChatRequest,
  type AsyncObject,
  type BatchStatus,
  type ChatCompletion,
  type Identity,
} from '@plinth/contracts';
import type { FormPart } from '@plinth/front';
import type { Router } from '@plinth/gateway';
import type { BatchRecord } from '@plinth/stores/batches';
import type { Batches } from '../batches/batches.ts';
import type { Files } from '../files/files.ts';

export interface AsyncRequestsOptions {
  readonly files: Files;
  readonly batches: Batches;
  readonly router: Router;
  /** What such a request runs on, where it does not say. @default what a batch would */
  readonly engineOf?: (model: string) => string | undefined;
}

/** Marks the batches that are requests. */
const MARK = 'plinth_async';
const WINDOW = '24h';
const LINE_BYTES = 64 * 1024 * 1024;

/** Single requests that are answered later: each is a batch of one, that waits for no window. What holds for batches holds for them. */
export class AsyncRequests {
  readonly #options: AsyncRequestsOptions;

  constructor(options: AsyncRequestsOptions) {
    this.#options = options;
  }

  /** Durable when it resolves. Throws `model_not_found`, and what a batch is refused with. */
  async create(identity: Identity, request: AsyncChatRequest, signal: AbortSignal): Promise<BatchRecord> {
    const { files, batches, router, engineOf } = this.#options;
    const { plinth, ...body } = request;
    router.resolve(body.model);
    const line = { custom_id: 'request', method: 'POST', url: '/v1/chat/completions', body };
    const file = await files.accept(identity, form(JSON.stringify(line)), { signal });
    return batches.create(identity, {
      input_file_id: file.id,
      endpoint: '/v1/chat/completions',
      completion_window: WINDOW,
      metadata: { [MARK]: '1' },
      plinth: { off_peak: false, ...plinth, engine: plinth?.engine ?? engineOf?.(body.model) },
    });
  }

  /** Throws `not_found`, of batches of other kinds too. */
  async get(identity: Identity, id: string): Promise<BatchRecord> {
    const batch = await this.#options.batches.get(identity, id.replace(/^async_/, 'batch_')).catch(asNotFound);
    if (!id.startsWith('async_') || batch.request.metadata?.[MARK] === undefined) throw notFound();
    return batch;
  }

  async cancel(identity: Identity, id: string): Promise<BatchRecord> {
    const { id: batchId } = await this.get(identity, id);
    return this.#options.batches.cancel(identity, batchId);
  }

  async view(batch: BatchRecord, signal: AbortSignal): Promise<AsyncObject> {
    const { id, status, createdAt, expiresAt, entered } = batch;
    const { response, error } = ENDED.has(status) ? await this.#answer(batch, signal) : NOTHING;
    return {
      id: id.replace(/^batch_/, 'async_'),
      object: 'async.chat.completion',
      status: status === 'completed' && response === null ? 'failed' : STATUS[status],
      created_at: seconds(createdAt),
      expires_at: seconds(expiresAt),
      ended_at: ENDED.has(status) ? seconds(entered[status] ?? createdAt) : null,
      response,
      error,
    };
  }

  async #answer(batch: BatchRecord, signal: AbortSignal): Promise<Pick<AsyncObject, 'response' | 'error'>> {
    const [mistake] = batch.errors;
    const fileId = batch.outputFileId ?? batch.errorFileId;
    if (fileId === undefined) {
      const { code, message } = mistake ?? GONE;
      return { response: null, error: { code, message } };
    }
    const line = await this.#line(batch, fileId, signal);
    if (batch.outputFileId !== undefined) return { response: line.response?.body as ChatCompletion, error: null };
    const refused = line.response?.body as { error?: { code?: string; message?: string } } | undefined;
    const { code = GONE.code, message = GONE.message } = line.error ?? refused?.error ?? {};
    return { response: null, error: { code, message } };
  }

  async #line({ tenant }: BatchRecord, fileId: string, signal: AbortSignal): Promise<AnswerLine> {
    const { files } = this.#options;
    const { body, bytes } = await files.open(await files.get({ tenant }, fileId), { signal });
    if (bytes > LINE_BYTES) body.destroy();
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(part as Uint8Array);
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as AnswerLine;
  }
}

interface AnswerLine {
  readonly response: { readonly body: unknown } | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

const NOTHING = { response: null, error: null } as const;
const GONE = { code: 'internal', message: 'The request ended without an answer. Send it again.' } as const;
const STATUS: Readonly<Record<BatchStatus, AsyncObject['status']>> = {
  validating: 'queued',
  in_progress: 'in_progress',
  finalizing: 'in_progress',
  cancelling: 'in_progress',
  completed: 'completed',
  failed: 'failed',
  expired: 'failed',
  cancelled: 'cancelled',
};

const seconds = (ms: number): number => Math.floor(ms / 1_000);
const notFound = () => new PlatformError('not_found', 'There is no such request of yours.', { param: 'id' });

function asNotFound(error: unknown): never {
  throw PlatformError.from(error).code === 'not_found' ? notFound() : error;
}

/** The one-line file of a request, as a form that was sent. */
async function* form(line: string): AsyncGenerator<FormPart> {
  async function* bytes(text: string) {
    yield Buffer.from(text);
  }
  yield { name: 'purpose', filename: undefined, contentType: undefined, body: bytes('batch') } as FormPart;
  yield { name: 'file', filename: 'request.jsonl', contentType: undefined, body: bytes(line) } as FormPart;
}
