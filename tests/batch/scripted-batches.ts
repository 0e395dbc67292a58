import type { IncomingMessage, ServerResponse } from 'node:http';
import { BatchCreate, ENDED } from '@plinth/contracts';
import type { BatchAnswerLine, BatchObject, FileObject } from '@plinth/contracts';
import { refuse } from '../e2e/scripted-answers.ts';
import type { Script } from '../e2e/scripted-platform.ts';

type Ours = NonNullable<BatchObject['plinth']>;

/** The batch service's side of docs/decisions/0008, from a script: a test changes what is in it, and sees what was asked. */
export interface ScriptedBatches {
  readonly handle: Script;
  /** Newest last. */
  readonly batches: Map<string, BatchObject>;
  readonly files: Map<string, { readonly file: FileObject; readonly text: string }>;
  readonly created: BatchCreate[];
  /** Lists and batches that were asked for. */
  looks(): number;
  /** While true, lists and batches are refused. */
  failing: boolean;
  /** Adds a batch of an input file of that name. Ids tell how old a batch is. */
  add(name: string, given: Partial<Omit<BatchObject, 'plinth'>> & { plinth?: Partial<Ours> }): BatchObject;
  /** @param bytes As the platform tells. @default those of the text */
  addFile(id: string, filename: string, text: string, bytes?: number): string;
}

export const NOW = Math.floor(Date.now() / 1_000);
const HOUR = 3_600;

export function scriptBatches(): ScriptedBatches {
  const batches = new Map<string, BatchObject>();
  const files: ScriptedBatches['files'] = new Map();
  const created: BatchCreate[] = [];
  let looks = 0;

  function addFile(id: string, filename: string, text: string, bytes = Buffer.byteLength(text)): string {
    const purpose = id.startsWith('file-in') ? ('batch' as const) : ('batch_output' as const);
    files.set(id, {
      file: { id, object: 'file', bytes, created_at: NOW, filename, purpose, status: 'processed' },
      text,
    });
    return id;
  }

  function add(name: string, { plinth = {}, ...given }: Parameters<ScriptedBatches['add']>[1]): BatchObject {
    const number = String(batches.size + 1).padStart(4, '0');
    const batch: BatchObject = {
      id: `batch_${number}`,
      object: 'batch',
      endpoint: '/v1/chat/completions',
      errors: null,
      input_file_id:
        given.input_file_id ?? addFile(`file-in-${number}`, name, '{}\n', 480 * (given.request_counts?.total ?? 900)),
      completion_window: '24h',
      status: 'validating',
      output_file_id: null,
      error_file_id: null,
      created_at: NOW - HOUR,
      in_progress_at: null,
      expires_at: NOW + 23 * HOUR,
      finalizing_at: null,
      completed_at: null,
      failed_at: null,
      expired_at: null,
      cancelling_at: null,
      cancelled_at: null,
      request_counts: { total: 0, completed: 0, failed: 0 },
      metadata: null,
      ...given,
      plinth: {
        engine: null,
        reasons: [],
        quote_usd: null,
        cost_usd: 0,
        input_tokens: 0,
        output_tokens: 0,
        rate: null,
        estimated_end_at: null,
        ...plinth,
      },
    };
    batches.set(batch.id, batch);
    return batch;
  }

  async function upload(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = new Uint8Array(await bytesOf(request));
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const form = await new Response(body, { headers }).formData();
    const file = form.get('file') as File;
    if (file.name.startsWith('huge')) return refuse(response, 413, 'request_too_large', 'The file is over 1 GB.');
    // Its answer never comes.
    if (file.name.startsWith('slow')) return;
    if (form.get('purpose') !== 'batch') return refuse(response, 400, 'invalid_request', 'Send purpose=batch.');
    const id = addFile(`file-in-up${files.size}`, file.name, await file.text());
    json(response, files.get(id)?.file);
  }

  function content(request: IncomingMessage, response: ServerResponse, text: string): void {
    const bytes = Buffer.from(text);
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    const end = Math.min(bytes.length, Number(to ?? bytes.length) + 1);
    const range = from === undefined ? {} : { 'content-range': `bytes ${from}-${end - 1}/${bytes.length}` };
    response.writeHead(from === undefined ? 200 : 206, { 'content-type': 'application/jsonl', ...range });
    response.end(bytes.subarray(Number(from ?? 0), end));
  }

  async function create(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = BatchCreate.parse(JSON.parse((await bytesOf(request)).toString('utf8')));
    created.push(asked);
    if (asked.metadata?.name === 'too many')
      return refuse(
        response,
        429,
        'rate_limit_exceeded',
        'Your organization has 10 open batches, the most it may have.',
      );
    const { input_file_id, endpoint, completion_window, metadata = null } = asked;
    json(response, add('', { input_file_id, endpoint, completion_window, metadata, created_at: NOW }));
  }

  function list(query: URLSearchParams) {
    const newest = [...batches.values()].reverse();
    const after = query.get('after');
    const rest = newest.slice(after === null ? 0 : newest.findIndex(({ id }) => id === after) + 1);
    const data = rest.slice(0, Number(query.get('limit') ?? 20));
    const has_more = rest.length > data.length;
    return { object: 'list', data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more };
  }

  function batch(id: string, what: string | undefined, response: ServerResponse): void {
    const found = batches.get(id);
    if (found === undefined) return refuse(response, 404, 'not_found', 'There is no such batch of yours.');
    if (what === 'cancel') {
      if (ENDED.has(found.status)) return refuse(response, 400, 'invalid_request', `The batch is ${found.status}.`);
      batches.set(id, { ...found, status: 'cancelling', cancelling_at: NOW });
    }
    json(response, batches.get(id));
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://localhost');
    const [kind, id, what] = url.pathname.replace('/v1/', '').split('/');
    if (kind === 'files') {
      if (id === undefined) return upload(request, response);
      const found = files.get(id);
      if (found === undefined) return refuse(response, 404, 'not_found', 'There is no such file of yours.');
      return what === 'content' ? content(request, response, found.text) : json(response, found.file);
    }
    if (request.method === 'POST' && id === undefined) return create(request, response);
    looks += 1;
    if (scripted.failing) return refuse(response, 503, 'storage_failed', 'The store does not answer.');
    return id === undefined ? json(response, list(url.searchParams)) : batch(id, what, response);
  }

  const scripted: ScriptedBatches = {
    handle,
    batches,
    files,
    created,
    looks: () => looks,
    failing: false,
    add,
    addFile,
  };
  return scripted;
}

/** A line of an error file. */
export function failureLine(customId: string, status: number, code: string, message: string): string {
  const body = { error: { message, type: 'x', param: null, code } };
  const line: BatchAnswerLine = {
    id: `batch_req_${customId}`,
    custom_id: customId,
    response: { status_code: status, request_id: 'r-1', body },
    error: null,
  };
  return `${JSON.stringify(line)}\n`;
}

/** One batch of each kind, as a list may show them. Returns the one that runs. */
export function fillBatches({ add, addFile }: ScriptedBatches): BatchObject {
  const engine = 'bedrock-batch';
  add('reviews-2026-q3.jsonl', {
    status: 'cancelled',
    created_at: NOW - 50 * HOUR,
    in_progress_at: NOW - 49 * HOUR,
    cancelling_at: NOW - 47 * HOUR,
    cancelled_at: NOW - 47 * HOUR + 40,
    request_counts: { total: 80_000, completed: 21_400, failed: 0 },
    plinth: { engine, quote_usd: 40, cost_usd: 10.4 },
  });
  add('translations.jsonl', {
    status: 'failed',
    created_at: NOW - 30 * HOUR,
    failed_at: NOW - 30 * HOUR + 4,
    errors: {
      object: 'list',
      data: [
        { code: 'invalid_json_line', message: 'Line 3 is not JSON.', line: 3, param: null },
        {
          code: 'duplicate_custom_id',
          message: 'Line 1204 has the custom_id "t-19", which is on line 20.',
          line: 1_204,
          param: 'custom_id',
        },
        {
          code: 'model_not_found',
          message: 'Line 5000 names the model "smal", which is not there.',
          line: 5_000,
          param: 'body.model',
        },
      ],
    },
  });
  add('product-descriptions.jsonl', {
    status: 'completed',
    created_at: NOW - 20 * HOUR,
    in_progress_at: NOW - 20 * HOUR + 9,
    finalizing_at: NOW - 17 * HOUR,
    completed_at: NOW - 17 * HOUR + 70,
    request_counts: { total: 120_000, completed: 119_988, failed: 12 },
    output_file_id: addFile('file-out-1', 'product-descriptions-output.jsonl', '{"custom_id":"p-1"}\n'.repeat(40)),
    error_file_id: addFile(
      'file-err-1',
      'product-descriptions-errors.jsonl',
      [
        failureLine('p-00311', 400, 'context_length_exceeded', 'The prompt has 9,120 tokens; the model takes 8,192.'),
        failureLine(
          'p-00897',
          400,
          'content_blocked',
          'The request was blocked by the content policy (secret:aws-access-key).',
        ),
        failureLine('p-04410', 504, 'upstream_timeout', 'The model did not answer in 120 s, three times.'),
      ].join(''),
    ),
    plinth: {
      engine,
      reasons: ['bedrock-batch is the cheapest that is through in time: $31.2 expected, $44 at most.'],
      quote_usd: 44,
      cost_usd: 29.87,
      input_tokens: 41_200_000,
      output_tokens: 18_900_000,
    },
  });
  add('quarterly-mails.jsonl', { created_at: NOW - 20, metadata: { name: 'Quarterly mails, second try' } });
  return add('support-tickets.jsonl', {
    status: 'in_progress',
    created_at: NOW - HOUR,
    in_progress_at: NOW - HOUR + 20,
    request_counts: { total: 1_000_000, completed: 612_340, failed: 118 },
    plinth: {
      engine: 'vllm-spot',
      reasons: [
        'vllm-spot is the cheapest that is through in time: $71.3 expected, $96 at most.',
        'It does not wait for the off-peak window: the deadline leaves no time.',
      ],
      quote_usd: 96,
      cost_usd: 43.62,
      input_tokens: 201_340_112,
      output_tokens: 88_120_940,
      rate: 171.4,
      estimated_end_at: NOW + 2_262,
    },
  });
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
