import { EvaluationEvent, PlatformError, type Identity } from '@plinth/contracts';
import { createFrontApp } from '@plinth/front';
import type { ChatGateway } from '@plinth/gateway';
import type { RetrievalQuery, Retriever, ScoredPassage } from '@plinth/retrieval';
import { describe, expect, it } from 'vitest';
import { addEvaluationRoutes, type EvaluationRoutes } from './evaluation-routes.ts';

const ANN: Identity = {
  tenant: 'acme',
  principal: 'ann',
  kind: 'api-key',
  scopeId: 'k',
  groups: ['staff'],
  tenantLimits: {},
  scopeLimits: {},
  conversations: false,
};
const passage = (documentId: string, rank: number): ScoredPassage => ({
  passage: {
    id: `${documentId}-${rank}`,
    documentId,
    version: 1,
    ordinal: 0,
    title: documentId,
    uri: undefined,
    headingPath: [],
    text: 'Leave is 25 days.',
    start: 0,
    end: 17,
    tokens: 5,
    metadata: {},
  },
  fused: { rank, score: 1 / rank },
});
const QUESTIONS = [
  { id: 'a', question: 'How much leave?', relevant: [{ documentId: 'leave', grade: 1 }] },
  { id: 'b', question: 'What is secret?', relevant: [{ documentId: 'secret', grade: 1 }], groups: ['board'] },
];

function open(more: Partial<EvaluationRoutes> = {}, searching?: () => Promise<void>) {
  const queries: RetrievalQuery[] = [];
  const retriever: Retriever = {
    async retrieve(query, { signal }) {
      await searching?.();
      signal.throwIfAborted();
      queries.push(query);
      return { passages: [passage('leave', 1), passage('leave', 2), passage('other', 3)], models: {} };
    },
  };
  const app = createFrontApp({ ready: async () => true, logError: () => {} }, (front) =>
    addEvaluationRoutes(front, { identify: async () => ANN, retriever, ...more }),
  );
  const post = (body: unknown, init: RequestInit = {}) =>
    app.request('/v1/evaluations', {
      method: 'POST',
      headers: { authorization: 'Bearer key' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...init,
    });
  return { post, queries };
}

/** A governed path that answers with what it was asked as. */
function answering(bodies: unknown[], fields: object): ChatGateway {
  return async ({ requestId, authorization, body, controller }) => {
    bodies.push({ authorization, ...(JSON.parse(Buffer.from(body).toString()) as object) });
    const usage = { prompt_tokens: 90, completion_tokens: 10, total_tokens: 100, cost_usd: 0.000_002 };
    async function* events() {
      yield { type: 'text' as const, text: 'Leave is 25 days.' };
      // As the real one does when a request has ended.
      controller.abort();
      yield {
        type: 'end' as const,
        reason: 'stop' as const,
        usage,
        extension: { guard: [], truncated_messages: 0, ...fields },
      };
    }
    return {
      id: 'c',
      requestId,
      created: 0,
      model: 'm',
      stream: false,
      includeUsage: false,
      events: events(),
    } as never;
  };
}

describe('POST /v1/evaluations', () => {
  it('searches as its caller, and passes over what is meant for others', async () => {
    const { post, queries } = open();
    const response = await post({
      questions: QUESTIONS,
      config: { method: 'dense', limit: 7, filter: { team: 'hr' } },
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      object: 'evaluation',
      counts: { questions: 2, answerable: 1, skipped: 1, failed: 0 },
      totals: { 'ndcg@10': 1, mrr: 1 },
      questions: [
        { id: 'a', state: 'done', documents: ['leave', 'other'] },
        { id: 'b', state: 'skipped', documents: [] },
      ],
    });
    expect(queries).toEqual([
      {
        text: 'How much leave?',
        reader: { tenant: 'acme', principal: 'ann', groups: ['staff'] },
        limit: 7,
        method: 'dense',
        filter: { team: 'hr' },
        rerank: undefined,
      },
    ]);
  });

  it("asks for answers on the governed path, with the caller's own key", async () => {
    const bodies: unknown[] = [];
    const { post } = open({ gateway: answering(bodies, { groundedness: 0.75 }), model: 'small' });
    const twice = [QUESTIONS[0], { ...QUESTIONS[0], id: 'c' }];
    const response = await post({ questions: twice, config: { answers: true, method: 'hybrid' } });
    expect(await response.json()).toMatchObject({
      counts: { failed: 0 },
      totals: { groundedness: 0.75, answered: 1, 'total-tokens': 200, 'total-cost-usd': 0.000_004 },
    });
    expect(bodies).toHaveLength(2);
    expect(bodies[0]).toMatchObject({
      authorization: 'Bearer key',
      model: 'small',
      messages: [{ role: 'user', content: 'How much leave?' }],
      rag: { method: 'hybrid' },
    });
  });

  it('stops where the budget does', async () => {
    const gateway: ChatGateway = () => Promise.reject(new PlatformError('budget_exceeded', 'Used up.'));
    const response = await open({ gateway, model: 'm' }).post({ questions: QUESTIONS, config: { answers: true } });
    expect(response.status).toBe(429);
    expect(await response.json()).toMatchObject({ error: { code: 'budget_exceeded' } });
  });

  it('streams progress and then the result', async () => {
    const { post } = open();
    const many = Array.from({ length: 250 }, (_, index) => ({ ...QUESTIONS[0], id: `q${index}` }));
    const response = await post({ questions: many, stream: true });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const frames = (await response.text())
      .trim()
      .split('\n\n')
      .map((frame) => frame.slice('data: '.length));
    expect(frames.pop()).toBe('[DONE]');
    const events = frames.map((frame) => EvaluationEvent.parse(JSON.parse(frame)));
    expect(events.at(-1)).toMatchObject({ type: 'result', result: { counts: { questions: 250 } } });
    expect(events.length).toBeLessThanOrEqual(101);
    expect(events.at(-2)).toEqual({ type: 'progress', done: 250, total: 250 });
  });

  it('tells in the stream what went wrong', async () => {
    const gateway: ChatGateway = () => Promise.reject(new PlatformError('budget_exceeded', 'Used up.'));
    const response = await open({ gateway, model: 'm' }).post({
      questions: [QUESTIONS[0]],
      config: { answers: true },
      stream: true,
    });
    expect(await response.text()).toBe(
      'data: {"type":"error","error":{"message":"Used up.","code":"budget_exceeded"}}\n\ndata: [DONE]\n\n',
    );
  });

  it('ends when its caller leaves, and makes room for others', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const { post, queries } = open({}, () => held);
    const bodies = await Promise.all([1, 2].map(() => post({ questions: QUESTIONS, stream: true })));
    const third = await post({ questions: QUESTIONS });
    expect(third.status).toBe(503);
    expect(third.headers.get('retry-after')).toBe('30');
    await Promise.all(bodies.map((response) => response.body!.cancel()));
    release();
    await new Promise(setImmediate);
    expect((await post({ questions: QUESTIONS })).status).toBe(200);
    expect(queries).toHaveLength(1);
  });

  it('is refused where its caller may make no more requests, and recorded where it may', async () => {
    const records: string[] = [];
    const parts = (admit: () => Promise<unknown>) =>
      ({
        admission: { admit },
        audit: {
          append: async (each: readonly { action: string; outcome: string }[]) =>
            void records.push(...each.map((one) => `${one.action} ${one.outcome}`)),
        },
        guard: { checkInput: async (messages: unknown) => ({ blocked: false, findings: [], messages }) },
        clock: { now: () => 0 },
      }) as never;
    const refusing = parts(() => Promise.reject(new PlatformError('rate_limit_exceeded', 'Too many.')));
    const { post, queries } = open({ governed: refusing });
    expect((await post({ questions: QUESTIONS })).status).toBe(429);
    expect(queries).toEqual([]);
    const admitting = parts(async () => ({ settle: async () => {} }));
    expect((await open({ governed: admitting }).post({ questions: QUESTIONS })).status).toBe(200);
    expect(records).toEqual(['evaluation refused', 'evaluation allowed']);
  });

  it('knows question sets by name', async () => {
    const { post } = open({ sets: { seed: async () => QUESTIONS.map((each) => JSON.stringify(each)).join('\n') } });
    expect(await (await post({ set: 'seed' })).json()).toMatchObject({ counts: { questions: 2 } });
    for (const set of ['other', 'constructor']) {
      const response = await post({ set });
      expect(response.status).toBe(404);
      expect(JSON.stringify(await response.json())).toContain('Use one of: seed.');
    }
  });

  it.each([
    ['{', 'invalid_json'],
    [{}, 'either'],
    [{ questions: [QUESTIONS[0], QUESTIONS[0]] }, 'same id'],
    [{ questions: QUESTIONS, config: { limit: 101 } }, 'config.limit'],
    [{ questions: QUESTIONS, config: { methods: 'x' } }, 'methods'],
    [{ questions: QUESTIONS, config: { answers: true } }, 'not evaluated here'],
  ])('refuses %j', async (body, words) => {
    const response = await open().post(body);
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain(words);
  });
});
