import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { EvaluationRequest } from '@plinth/contracts';
import { runEvaluation } from '@plinth/retrieval/evaluate';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly json?: unknown;
}

const PASSAGE = {
  passage_id: 'p1',
  version: 2,
  url: '',
  start: 0,
  end: 16,
  metadata: {},
  document_id: 'leave.md',
  title: 'Leave',
  heading_path: ['Days'],
  // A title sequence, with which a document would rename the window.
  text: '25 days \u001B]0;owned\u0007 of leave',
  pages: { first: 2, last: 2 },
  lexical: { rank: 1, score: 7.1 },
  fused: { rank: 1, score: 0.03 },
};
const cite = (document_id: string, title: string, quote: string, page?: number) => ({
  type: 'url_citation',
  url_citation: {
    url: `https://docs.example/${document_id}`,
    title,
    start_index: 0,
    end_index: 17,
    document_id,
    version: 1,
    passage_id: 'p1',
    page,
    quote,
    start: 0,
    end: 16,
  },
});
const LEAVE = cite('leave.md', 'Leave', '25 days of leave', 2);
const DOCUMENT = { version: 2, state: 'indexed', title: 'Leave', groups: ['staff'], passages: 3 };
const BROKEN = { id: 'broken.pdf', version: 1, state: 'failed', reason: 'The file ends too soon.', groups: ['staff'] };

/** A server that speaks the retrieval API (docs/decisions/0007) with a library of its own, and keeps what it was asked. */
export async function openRagApi() {
  const calls: Call[] = [];
  const uploads: Record<string, string>[] = [];
  const server = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const type = request.headers['content-type'] ?? '';
    const json: unknown = type.startsWith('application/json') ? JSON.parse(body.toString()) : undefined;
    calls.push({ method, path, authorization: request.headers.authorization, ...(json === undefined ? {} : { json }) });
    const route = `${method} ${path.split('?')[0]!.replace('/rag/v1/', '')}`;
    if (route === 'POST search') send(response, { object: 'list', data: [PASSAGE], models: {} });
    else if (route === 'GET models') send(response, { data: [{ id: 'small' }] });
    else if (route === 'POST chat/completions')
      answer(response, (json as { messages: { content: string }[] }).messages[0]!.content);
    else if (route === 'GET answers/a1/explanation') send(response, EXPLANATION);
    else if (route === 'POST documents') await upload(response, body, type);
    else if (route === 'GET documents') library(response, new URL(path, 'http://x').searchParams);
    else if (route.startsWith('GET documents/'))
      document(response, decodeURIComponent(route.slice('GET documents/'.length)));
    else if (route.startsWith('DELETE documents/')) send(response, { deleted: true });
    else if (route === 'POST evaluations') await evaluation(response, json);
    else refuse(response, 404, `There is no ${route}.`);
  }

  async function upload(response: ServerResponse, body: Buffer, type: string): Promise<void> {
    const form = await new Response(body, { headers: { 'content-type': type } }).formData();
    const fields: Record<string, string> = {};
    for (const [name, value] of form) fields[name] = typeof value === 'string' ? value : await value.text();
    if (fields['id'] === 'refused.md') return refuse(response, 403, 'You are not in "staff".');
    uploads.push(fields);
    send(response, { id: fields['id'], version: 1, state: 'queued' }, 202);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    calls,
    uploads,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const EXPLANATION = {
  id: 'a1',
  object: 'answer.explanation',
  created: 1,
  question: 'How many days?',
  query: 'How many days?',
  answer: 'You have 25 days.',
  policy: 'mark',
  groundedness: 0.9,
  abstained: false,
  models: { generator: 'small' },
  passages: [
    { ...PASSAGE, fate: 'packed', withheld: false, cited: 1 },
    { ...PASSAGE, passage_id: 'p2', title: 'Travel', fate: 'over budget', withheld: false, cited: 0 },
    { passage_id: 'p3', fused: { rank: 3, score: 0.01 }, fate: 'below rank', withheld: true, cited: 0 },
  ],
  sentences: [
    { text: 'You have 25 days.', start_index: 0, end_index: 17, supported: true, claim: true, score: 0.95, words: 1 },
    {
      text: 'And 30 more.',
      start_index: 18,
      end_index: 30,
      supported: false,
      claim: true,
      score: 0.2,
      words: 0.2,
      reason: 'number',
    },
  ],
  attribution: [{ passage_id: 'p1', similarity_loss: 0.4, support_loss: 0.9 }],
};

function library(response: ServerResponse, query: URLSearchParams): void {
  if (query.get('after') === null)
    send(response, { data: [{ id: 'leave.md', ...DOCUMENT }], has_more: true, last_id: 'leave.md' });
  else send(response, { data: [BROKEN], has_more: false, last_id: 'broken.pdf' });
}

function document(response: ServerResponse, id: string): void {
  if (id === 'broken.md') send(response, { ...BROKEN, id });
  else send(response, { id, ...DOCUMENT });
}

function answer(response: ServerResponse, question: string): void {
  if (question === 'Too dear?') return refuse(response, 429, 'The budget is used up.', { 'retry-after': '60' });
  const delta = (each: object) => ({ choices: [{ index: 0, delta: each }] });
  events(response, [
    delta({ role: 'assistant', content: 'You have ' }),
    delta({ content: '25 days.' }),
    ...(question === 'Break?' ? [{ error: { message: 'The model stopped.' } }] : []),
    delta({ annotations: [LEAVE] }),
    delta({ content: ' They expire in March.' }),
    delta({ annotations: [cite('march.md', 'March', 'expire in March'), LEAVE] }),
    {
      choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
      plinth: { answer_id: 'a1', groundedness: 0.9, abstained: false },
    },
  ]);
}

/** The real evaluation over a made-up search, which is worse when it is lexical. */
async function evaluation(response: ServerResponse, json: unknown): Promise<void> {
  const { questions = [], config } = EvaluationRequest.parse(json);
  const clock = { at: 0 };
  const found: unknown[] = [];
  const result = await runEvaluation(
    questions,
    {
      search: async (question) => {
        clock.at += 20;
        const first = question.includes('leave') ? 'leave.md' : 'travel.md';
        const ranked = config.method === 'lexical' && first === 'travel.md' ? ['x', 'y', first] : [first];
        return ranked.map((documentId) => ({ documentId }));
      },
      answer: async () => ({
        text: 'So.',
        abstained: false,
        groundedness: 0.8,
        citations: [],
        inputTokens: 9,
        outputTokens: 1,
        nanoUsd: 5,
      }),
      now: () => clock.at,
      wait: async () => {},
    },
    {
      config,
      groups: [],
      concurrency: 1,
      signal: new AbortController().signal,
      onProgress: (done, total) => found.push({ type: 'progress', done, total }),
    },
  );
  events(response, [...found, { type: 'result', result }]);
}

function send(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, message: string, headers: Record<string, string> = {}): void {
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify({ error: { message } }));
}

function events(response: ServerResponse, all: readonly unknown[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const each of all) response.write(`data: ${JSON.stringify(each)}\n\n`);
  response.end('data: [DONE]\n\n');
}
