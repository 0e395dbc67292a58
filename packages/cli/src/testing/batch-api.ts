import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { BatchObject } from '@plinth/contracts';

export interface BatchCall {
  readonly route: string;
  readonly query: string;
  readonly authorization: string | undefined;
  readonly json?: unknown;
}

export const OUTPUT = '{"custom_id":"1","response":{"body":"grün"}}\n{"custom_id":"2"}\n';
export const ERRORS = '{"custom_id":"3","error":{"code":"x"}}\n';

/** A batch as the API tells it. */
export function aBatch(overrides: Partial<BatchObject> = {}): BatchObject {
  return {
    id: 'batch_1',
    object: 'batch',
    endpoint: '/v1/chat/completions',
    errors: null,
    input_file_id: 'file-1',
    completion_window: '24h',
    status: 'in_progress',
    output_file_id: null,
    error_file_id: null,
    created_at: 1_700_000_000,
    in_progress_at: 1_700_000_001,
    expires_at: 1_700_086_400,
    finalizing_at: null,
    completed_at: null,
    failed_at: null,
    expired_at: null,
    cancelling_at: null,
    cancelled_at: null,
    request_counts: { total: 3, completed: 0, failed: 0 },
    metadata: null,
    ...overrides,
  };
}

/** A server that speaks OpenAI's files and batches, tells of one batch as a test lays it out, look by look, and keeps what it was asked. */
export async function openBatchApi() {
  const calls: BatchCall[] = [];
  const uploads: { readonly name: string; readonly purpose: unknown; readonly text: string }[] = [];
  let looks: readonly BatchObject[] = [aBatch()];
  let at = 0;
  const server = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const { pathname, search } = new URL(url, 'http://x');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const type = request.headers['content-type'] ?? '';
    const json: unknown = type.startsWith('application/json') ? JSON.parse(body.toString()) : undefined;
    const route = `${method} ${pathname}`;
    calls.push({ route, query: search, authorization: request.headers.authorization, ...(json ? { json } : {}) });
    if (route === 'POST /v1/files') return upload(response, body, type);
    if (route === 'POST /v1/batches') return send(response, aBatch({ status: 'validating' }));
    if (route === 'GET /v1/batches')
      return send(response, { object: 'list', data: looks, first_id: 'batch_1', last_id: 'batch_1', has_more: true });
    if (route === 'GET /v1/batches/batch_1') return send(response, looks[Math.min(at++, looks.length - 1)]!);
    if (route === 'POST /v1/batches/batch_1/cancel') return send(response, aBatch({ status: 'cancelling' }));
    if (route === 'GET /v1/files/file-out/content') return void response.end(OUTPUT);
    if (route === 'GET /v1/files/file-err/content') return void response.end(ERRORS);
    send(response, { error: { message: 'There is no such batch of yours.' } }, 404);
  }

  async function upload(response: ServerResponse, body: Buffer, type: string): Promise<void> {
    const form = await new Response(body, { headers: { 'content-type': type } }).formData();
    const file = form.get('file') as File;
    const text = await file.text();
    uploads.push({ name: file.name, purpose: form.get('purpose'), text });
    const made = { id: 'file-1', object: 'file', bytes: text.length, created_at: 1, filename: file.name };
    send(response, { ...made, purpose: 'batch', status: 'processed' });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    calls,
    uploads,
    /** How the batch is seen, one look after the other; the last one stays. */
    show(...next: readonly BatchObject[]) {
      looks = next;
      at = 0;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
