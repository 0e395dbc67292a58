import type { IncomingMessage, ServerResponse } from 'node:http';
import { EvaluationRequest } from '@plinth/contracts';
import type {
  AnswerExplanation,
  EvaluationEvent,
  FeedbackRequest,
  MonitorReport,
  UrlCitation,
} from '@plinth/contracts';
import { refuse } from '../e2e/scripted-answers.ts';

/** What the scripted document service was asked and holds. */
export interface ScriptedDocuments {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  readonly library: Map<string, ScriptedDocument>;
  readonly questions: string[];
  readonly feedback: FeedbackRequest[];
  readonly evaluations: EvaluationRequest[];
}

export interface ScriptedDocument {
  title: string;
  text: string;
  groups: string[];
  version: number;
  state: 'queued' | 'running' | 'indexed' | 'failed';
  reason?: string;
  /** Looks at it until it is ready. */
  steps: number;
}

export const HANDBOOK = {
  id: 'handbook/leave.md',
  title: 'Leave and holidays',
  quote: 'Every employee has 25 days of annual leave.',
  text: [
    'Leave and holidays',
    'Annual leave',
    'Every employee has 25 days of annual leave. It is counted in working days.',
    'Carrying over',
    'Up to five days may be carried over; they expire at the end of March.',
    ...Array.from({ length: 400 }, (_, index) => `Rule ${index + 1}: ask your manager before you book.`),
  ],
} as const;

/** Blocks as parsing would give them: the second and fourth line are headings. */
function blocksOf(lines: readonly string[]) {
  let start = 0;
  return lines.map((line, index) => {
    const block = {
      kind: [0, 1, 3].includes(index) ? 'heading' : 'paragraph',
      ...([0, 1, 3].includes(index) ? { level: index === 0 ? 1 : 2 } : {}),
      start,
      end: start + line.length,
      page: index < 3 ? 2 : 3,
    };
    start += line.length + 2;
    return block;
  });
}

/** The retrieval service's side of docs/decisions/0007, from a script: a question's first word picks the answer. */
export function scriptDocuments(): ScriptedDocuments {
  const library = new Map<string, ScriptedDocument>();
  const questions: string[] = [];
  const feedback: FeedbackRequest[] = [];
  const evaluations: EvaluationRequest[] = [];
  const text = HANDBOOK.text.join('\n\n');
  library.set(HANDBOOK.id, { title: HANDBOOK.title, text, groups: ['staff'], version: 2, state: 'indexed', steps: 0 });

  function cite(answer: string, sentence: string, quote: string, given: Partial<UrlCitation> = {}) {
    const start_index = answer.indexOf(sentence);
    const start = text.indexOf(quote);
    const url_citation: UrlCitation = {
      url: `plinth:${HANDBOOK.id}`,
      title: HANDBOOK.title,
      start_index,
      end_index: start_index + sentence.length,
      document_id: HANDBOOK.id,
      version: 2,
      passage_id: 'p-1',
      page: 2,
      quote,
      start,
      end: start + quote.length,
      ...given,
    };
    return { type: 'url_citation', url_citation };
  }

  async function chat(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { messages } = (await jsonOf(request)) as { messages: { content: string }[] };
    const question = messages.at(-1)?.content ?? '';
    questions.push(question);
    if (question.startsWith('Busy')) return refuse(response, 503, 'overloaded', 'All places are taken.');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (value: unknown) => response.write(`data: ${JSON.stringify(value)}\n\n`);
    const delta = (value: object) => send({ choices: [{ index: 0, delta: value, finish_reason: null }] });
    const end = (plinth: object) => {
      send({
        choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
        usage: { prompt_tokens: 420, completion_tokens: 38, total_tokens: 458, cost_usd: 0.0000412 },
        plinth: { guard: [], truncated_messages: 0, removed_sentences: 0, unsupported: [], ...plinth },
      });
      response.end('data: [DONE]\n\n');
    };
    if (question.startsWith('Unknown')) {
      delta({ content: 'I cannot find this in the documents.' });
      return end({ answer_id: 'a-unknown', abstained: true });
    }
    if (question.startsWith('Echo')) {
      const answer = question.slice(5);
      delta({ content: answer });
      const hostile = { title: answer, quote: answer, start: 0, end: 20 };
      delta({ annotations: [cite(answer, answer, HANDBOOK.quote, hostile)] });
      return end({ answer_id: 'a-1', groundedness: 1, abstained: false });
    }
    const sentences = [
      'You have **25 days** of annual leave.',
      'Up to five of them may be carried over, until the end of March.',
      'Your manager gets 40 days.',
    ];
    const answer = `${sentences[0]} ${sentences[1]}\n\n- ${sentences[2]}`;
    for (const part of answer.match(/.{1,9}/gs) ?? []) delta({ content: part });
    delta({ annotations: [cite(answer, sentences[0]!, HANDBOOK.quote)] });
    delta({
      annotations: [
        cite(answer, sentences[1]!, 'Up to five days may be carried over; they expire at the end of March.', {
          page: 3,
          version: 1,
          passage_id: 'p-2',
        }),
      ],
    });
    const start_index = answer.indexOf('- Your');
    const unsupported = [{ start_index, end_index: answer.length }];
    end({ answer_id: 'a-1', groundedness: 2 / 3, abstained: false, unsupported });
  }

  function explanation(id: string, withAttribution: boolean): AnswerExplanation {
    const passage = (n: number, fate: AnswerExplanation['passages'][number]['fate'], score: number) => ({
      passage_id: `p-${n}`,
      document_id: HANDBOOK.id,
      version: 2,
      title: HANDBOOK.title,
      url: 'plinth:x',
      heading_path: ['Leave and holidays', n === 1 ? 'Annual leave' : 'Carrying over'],
      pages: { first: n + 1, last: n + 1 },
      start: text.indexOf(HANDBOOK.quote),
      end: text.indexOf(HANDBOOK.quote) + HANDBOOK.quote.length,
      text: HANDBOOK.quote,
      ...(n === 3 ? {} : { lexical: { rank: n, score: 9.2 * score } }),
      dense: { rank: n, score },
      fused: { rank: n, score: 0.033 * score },
      rerank: { rank: n, score: 4 * score - 2 },
      fate,
      withheld: false,
      cited: n === 1 ? 1 : 0,
    });
    return {
      id,
      object: 'answer.explanation',
      created: 1_760_000_000,
      question: 'How many days of leave do I have?',
      query: 'days of annual leave',
      answer: '',
      policy: 'mark',
      groundedness: 2 / 3,
      abstained: id === 'a-unknown',
      models: {
        generator: 'scripted-small',
        embedding: 'all-minilm-l6-v2',
        reranker: 'scripted-reranker',
        guardrail: 'local 3',
      },
      passages: [
        passage(1, 'packed', 0.92),
        passage(2, 'packed', 0.71),
        passage(3, 'over budget', 0.4),
        {
          passage_id: 'p-4',
          dense: { rank: 4, score: 0.2 },
          fused: { rank: 4, score: 0.004 },
          fate: 'below rank',
          withheld: true,
          cited: 0,
        },
      ],
      sentences: [
        {
          text: 'You have 25 days of annual leave.',
          start_index: 0,
          end_index: 33,
          supported: true,
          claim: true,
          score: 0.96,
          words: 1,
          passage_id: 'p-1',
        },
        {
          text: 'Your manager gets 40 days.',
          start_index: 40,
          end_index: 66,
          supported: false,
          claim: true,
          score: 0.2,
          words: 0.3,
          reason: 'number',
        },
      ],
      ...(withAttribution
        ? {
            attribution: [
              { passage_id: 'p-2', similarity_loss: 0.08, support_loss: 0.1 },
              { passage_id: 'p-1', similarity_loss: 0.45, support_loss: 0.62 },
            ],
          }
        : {}),
    };
  }

  function view(id: string, document: ScriptedDocument) {
    if (document.steps > 0) {
      document.steps -= 1;
      document.state = 'running';
      if (document.steps === 0) document.state = document.reason === undefined ? 'indexed' : 'failed';
    }
    const running = document.state === 'running';
    return {
      id,
      object: 'document',
      version: document.version,
      indexed_version: document.state === 'indexed' ? document.version : null,
      state: document.state,
      reason: document.state === 'failed' ? document.reason : null,
      progress: running ? { step: 'embed', done: 3, total: 8 } : null,
      title: document.title,
      media_type: 'text/markdown',
      bytes: document.text.length,
      groups: document.groups,
      metadata: {},
      pages: 3,
      passages: document.state === 'indexed' ? 42 : 0,
      created_at: 1_760_000_000,
      updated_at: 1_760_000_000,
    };
  }

  async function upload(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bytesOf(request);
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': request.headers['content-type'] ?? '' },
    }).formData();
    const file = form.get('file') as File;
    const broken = file.name.includes('broken');
    const document: ScriptedDocument = {
      title: file.name,
      text: await file.text(),
      groups: form.getAll('groups').map(String),
      version: (library.get(file.name)?.version ?? 0) + 1,
      state: 'queued',
      steps: 3,
      ...(broken ? { reason: 'The file ends in the middle of a page. Save it again, then send it again.' } : {}),
    };
    library.set(file.name, document);
    json(
      response,
      { id: file.name, object: 'document', version: document.version, state: 'queued', unchanged: false },
      202,
    );
  }

  function list(query: URLSearchParams) {
    const ids = [...library.keys()].sort();
    const rest = ids.filter((id) => id > (query.get('after') ?? ''));
    const shown = rest.slice(0, Number(query.get('limit') ?? 20));
    return {
      object: 'list',
      data: shown.map((id) => view(id, library.get(id)!)),
      has_more: rest.length > shown.length,
      last_id: shown.at(-1) ?? null,
    };
  }

  function document(
    method: string,
    id: string,
    what: string | undefined,
    version: number | undefined,
    response: ServerResponse,
  ) {
    const found = library.get(id);
    if (found === undefined) return refuse(response, 404, 'not_found', 'There is no such document.');
    if (method === 'DELETE') {
      library.delete(id);
      return json(response, { id, object: 'document', deleted: true });
    }
    if (what === 'content') {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' });
      return response.end(found.text);
    }
    if (what === 'text') {
      const blocks = id === HANDBOOK.id ? blocksOf(HANDBOOK.text) : [];
      return json(response, { id, version: version ?? found.version, text: found.text, blocks });
    }
    return json(response, view(id, found));
  }

  async function evaluation(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = EvaluationRequest.parse(await jsonOf(request));
    evaluations.push(asked);
    const better = asked.config.method === 'hybrid';
    const events: EvaluationEvent[] = [
      { type: 'progress', done: 10, total: 20 },
      {
        type: 'result',
        result: {
          object: 'evaluation',
          config: asked.config,
          counts: { questions: 20, answerable: 17, unanswerable: 3, skipped: 1, failed: 0 },
          totals: {
            'ndcg@10': better ? 0.812 : 0.704,
            'recall@10': better ? 0.93 : 0.81,
            mrr: better ? 0.77 : 0.69,
            p95: better ? 41 : 12,
          },
          questions: [],
        },
      },
    ];
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`);
    response.end('data: [DONE]\n\n');
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://localhost');
    const [kind = '', name = '', what] = url.pathname.replace('/rag/v1/', '').split('/');
    const method = request.method ?? 'GET';
    if (kind === 'models')
      return json(response, { object: 'list', data: [{ id: 'scripted-small', owned_by: 'tests' }] });
    if (kind === 'groups') return json(response, { object: 'list', data: [{ id: 'board' }, { id: 'staff' }] });
    if (kind === 'chat') return chat(request, response);
    if (kind === 'monitor') return json(response, MONITOR);
    if (kind === 'evaluations') return evaluation(request, response);
    if (kind === 'answers' && what === 'feedback') {
      feedback.push((await jsonOf(request)) as FeedbackRequest);
      return json(response, { id: name, object: 'answer.feedback' });
    }
    if (kind === 'answers') return json(response, explanation(name, url.searchParams.has('attribution')));
    if (kind !== 'documents') return refuse(response, 404, 'not_found', 'There is nothing here.');
    if (name === '') return method === 'POST' ? upload(request, response) : json(response, list(url.searchParams));
    const version = url.searchParams.get('version');
    return void document(
      method,
      decodeURIComponent(name),
      what,
      version === null ? undefined : Number(version),
      response,
    );
  }

  return { handle, library, questions, feedback, evaluations };
}

const PERIOD = { questions: 210, groundedness: 0.88, abstention: 0.06, up: 40, down: 5 };
const MONITOR: MonitorReport = {
  object: 'monitor',
  at: 1_764_028_800_000,
  windows: { referenceStart: 1_761_004_800_000, presentStart: 1_763_424_000_000 },
  reference: { ...PERIOD, questions: 900 },
  present: PERIOD,
  drift: {
    questions: { reference: 900, present: 210, meanShift: 0.041, mmd: 0.0123, pValue: 0.004, drifted: true },
    answers: null,
  },
  days: Array.from({ length: 14 }, (_, index) => ({
    day: `2025-11-${String(index + 11).padStart(2, '0')}`,
    questions: 20 + ((index * 7) % 13),
    groundedness: index === 5 ? null : 0.8 + ((index * 3) % 7) / 40,
    abstention: 0.03 + ((index * 5) % 9) / 100,
    up: index % 5 === 0 ? 0 : 4 + (index % 3),
    down: index % 5 === 0 ? 0 : index % 2,
  })),
};

function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  return JSON.parse((await bytesOf(request)).toString('utf8'));
}
