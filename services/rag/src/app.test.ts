import {
  AnswerExplanation,
  ChatCompletion,
  ChatCompletionChunk,
  EmbeddingsResponse,
  SearchResult,
  type AuditRecord,
} from '@plinth/contracts';
import { says, ScriptedModel } from '@plinth/gateway/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRag, type RagHarness } from './testing/rag-platform.ts';

const usage = { inputTokens: 40, outputTokens: 9 };
const said = { text: 'Every employee has 25 days of annual leave [1]. The canteen serves fish.' };
let rag: RagHarness;
let model: ScriptedModel;
beforeAll(async () => {
  model = new ScriptedModel(({ messages }) => {
    const prompt = messages.map(({ content }) => content).join('\n');
    return says([prompt.includes('25 days') ? said.text : 'I could not find that in the documents.'], usage);
  });
  rag = await openRag({ model });
});
afterAll(() => rag.close());

async function post(path: string, body: unknown, headers: Record<string, string>) {
  return rag.app.request(path, { method: 'POST', body: JSON.stringify(body), headers });
}
const ask = (content: string, fields: object = {}) => ({
  model: 'small',
  messages: [{ role: 'user', content }],
  ...fields,
});

async function answer(question: string, headers: Record<string, string>, fields: object = {}) {
  const response = await post('/v1/chat/completions', ask(question, fields), headers);
  expect(response.status).toBe(200);
  return ChatCompletion.parse(await response.json());
}

async function auditRecords(): Promise<AuditRecord[]> {
  const records: AuditRecord[] = [];
  for await (const entry of rag.stores.audit.read()) records.push(JSON.parse(entry.body) as AuditRecord);
  return records;
}

describe('POST /v1/chat/completions', () => {
  it('answers from documents with a source for what they bear out, and a mark for what they do not', async () => {
    const completion = await answer('How many days of annual leave?', await rag.bearer());
    const [{ message }] = completion.choices as [ChatCompletion['choices'][number]];
    expect(message.content).toBe('Every employee has 25 days of annual leave. The canteen serves fish. [unsupported]');
    expect(message.annotations).toMatchObject([
      {
        type: 'url_citation',
        url_citation: {
          document_id: 'leave.md',
          quote: 'Every employee has 25 days of annual leave.',
          start: 0,
          end: 43,
          start_index: 0,
          end_index: 43,
        },
      },
    ]);
    expect(completion.plinth).toMatchObject({
      groundedness: 0.5,
      abstained: false,
      passages: { found: 2, packed: 1, blocked: 1 },
    });
    expect(completion.plinth?.answer_id).toMatch(/^ans_/);
  });

  it('a document that gives orders never reaches the model, nor does one that its asker may not read', async () => {
    await answer('How many days of annual leave?', await rag.bearer());
    const prompt = JSON.stringify(model.requests.at(-1)?.messages);
    expect(prompt).not.toContain('unlimited');
    expect(prompt).not.toContain('board plans');
  });

  it('streams text, then its sources, then the end', async () => {
    const response = await post(
      '/v1/chat/completions',
      ask('How many days of annual leave?', { stream: true }),
      await rag.bearer(),
    );
    const frames = (await response.text())
      .trim()
      .split('\n\n')
      .map((frame) => frame.replace(/^data: /, ''));
    expect(frames.pop()).toBe('[DONE]');
    const chunks = frames.map((frame) => ChatCompletionChunk.parse(JSON.parse(frame)));
    const kinds = chunks.map(({ choices: [choice], plinth }) =>
      plinth !== undefined ? 'end' : choice?.delta.annotations !== undefined ? 'source' : 'text',
    );
    expect(kinds).toEqual(['text', 'text', 'source', 'text', 'end']);
    expect(chunks.at(-1)?.plinth).toMatchObject({ groundedness: 0.5 });
  });

  it('finding nothing is an answer without a model, and without cost', async () => {
    const asked = model.requests.length;
    const completion = await answer('Where is the printer?', await rag.bearer());
    expect(completion.choices[0]?.message.content).toBe('I found nothing about that in the documents you can read.');
    expect(completion).toMatchObject({ usage: { total_tokens: 0 }, plinth: { abstained: true } });
    expect(model.requests).toHaveLength(asked);
  });

  it('a follow-up is looked for with the words of the question before it', async () => {
    const messages = [
      { role: 'user', content: 'How many days of annual leave?' },
      { role: 'assistant', content: '25.' },
      { role: 'user', content: 'And when does it expire?' },
    ];
    const response = await post('/v1/chat/completions', { model: 'small', messages }, await rag.bearer());
    expect(await response.json()).toMatchObject({
      plinth: { query: expect.stringMatching(/expire\? days annual leave/) },
    });
    expect(rag.corpus.queries.at(-1)).toContain('annual leave');
  });

  it.each([
    ['tools', { tools: [{ type: 'function', function: { name: 'f' } }] }, 'unsupported_feature'],
    ['a form of its own', { response_format: { type: 'json_object' } }, 'unsupported_feature'],
    ['no question at the end', { messages: [{ role: 'system', content: 'Be brief.' }] }, 'invalid_request'],
    ['an unknown way to search', { rag: { method: 'psychic' } }, 'invalid_request'],
  ])('refuses %s in words', async (_name, fields, code) => {
    const response = await post('/v1/chat/completions', ask('How much leave?', fields), await rag.bearer());
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code } });
  });
});

describe('GET /v1/answers/{id}/explanation', () => {
  const explain = async (id: string, headers: Record<string, string>, query = '') =>
    rag.app.request(`/v1/answers/${id}/explanation${query}`, { headers });

  it('tells what was found and what became of it, and what bears out each sentence', async () => {
    const key = await rag.bearer();
    const { plinth } = await answer('How many days of annual leave?', key);
    const explanation = AnswerExplanation.parse(await (await explain(plinth!.answer_id!, key)).json());
    expect(explanation).toMatchObject({
      question: 'How many days of annual leave?',
      groundedness: 0.5,
      policy: 'mark',
      models: { generator: 'small', embedding: 'words' },
      passages: [
        {
          document_id: 'leave.md',
          fate: 'packed',
          withheld: false,
          cited: 1,
          lexical: { rank: 1 },
          text: expect.stringContaining('25 days'),
        },
        { document_id: 'evil.md', fate: 'blocked', cited: 0 },
      ],
      sentences: [
        { text: 'Every employee has 25 days of annual leave.', supported: true, passage_id: 'leave.md#0' },
        { text: 'The canteen serves fish.', supported: false, reason: 'words' },
      ],
    });
    expect(explanation.passages).toHaveLength(2);
  });

  it('shows nothing of a passage that its asker may no longer read', async () => {
    const key = await rag.bearer();
    const { plinth } = await answer('How many days of annual leave?', key);
    rag.corpus.regroup('leave.md', ['board']);
    const response = await explain(plinth!.answer_id!, key);
    rag.corpus.regroup('leave.md', ['staff']);
    const { passages } = AnswerExplanation.parse(await response.json());
    expect(passages[0]).toEqual({
      passage_id: 'leave.md#0',
      fate: 'packed',
      withheld: true,
      cited: 1,
      fused: expect.anything(),
      lexical: expect.anything(),
    });
  });

  it('is its asker’s alone', async () => {
    const { plinth } = await answer('How many days of annual leave?', await rag.bearer());
    for (const other of [{ principal: 'bob' }, { tenant: 'globex' }])
      expect((await explain(plinth!.answer_id!, await rag.bearer(other))).status).toBe(404);
    expect((await explain(plinth!.answer_id!, {})).status).toBe(401);
  });

  it('with leave-one-out tells what each passage was worth, each answer paid and recorded', async () => {
    const key = await rag.bearer({ principal: 'eve' });
    const { plinth } = await answer('How many days of annual leave?', key);
    const before = (await auditRecords()).filter(({ principal }) => principal === 'eve').length;
    const asked = model.requests.length;
    const response = await explain(plinth!.answer_id!, key, '?attribution=leave-one-out');
    const { attribution } = AnswerExplanation.parse(await response.json());
    expect(attribution).toMatchObject([{ passage_id: 'leave.md#0', support_loss: 0.5 }]);
    expect(attribution?.[0]?.similarity_loss).toBeGreaterThan(0);
    // With all; without the only one there is nothing to ask a model about.
    expect(model.requests.slice(asked).map(({ temperature }) => temperature)).toEqual([0]);
    expect((await auditRecords()).filter(({ principal }) => principal === 'eve')).toHaveLength(before + 2);
  });
});

describe('POST /v1/answers/{id}/feedback', () => {
  it('keeps the last word of the asker, and nobody else’s', async () => {
    const key = await rag.bearer();
    const { plinth } = await answer('How many days of annual leave?', key);
    const path = `/v1/answers/${plinth!.answer_id!}/feedback`;
    expect((await post(path, { rating: 'up' }, key)).status).toBe(200);
    expect((await post(path, { rating: 'down', comment: 'Too short.' }, key)).status).toBe(200);
    expect((await post(path, { rating: 'up' }, await rag.bearer({ principal: 'bob' }))).status).toBe(404);
    expect((await post(path, { rating: 'meh' }, key)).status).toBe(400);
    const rows = await rag.database.transaction({ role: 'owner' }, (sql) =>
      sql.query('SELECT rating, comment FROM plinth.feedback WHERE answer_id = $1', [plinth!.answer_id!]),
    );
    expect(rows).toEqual([{ rating: 'down', comment: 'Too short.' }]);
  });
});

describe('POST /v1/search', () => {
  it('finds what its caller may read, and is admitted and recorded', async () => {
    const key = await rag.bearer({ principal: 'searcher' });
    const response = await post('/v1/search', { query: 'annual leave', limit: 5 }, key);
    const result = SearchResult.parse(await response.json());
    expect(result.data.map(({ document_id }) => document_id).sort()).toEqual(['evil.md', 'leave.md']);
    expect((await auditRecords()).at(-1)).toMatchObject({
      action: 'search',
      outcome: 'allowed',
      principal: 'searcher',
    });
    expect(rag.platform.admission.inFlight).toBe(0);
  });

  it('over a limit, or about what the policy forbids, looks for nothing', async () => {
    const asked = rag.corpus.queries.length;
    const none = await rag.bearer({ limits: { requestsPerMinute: 0 } });
    expect((await post('/v1/search', { query: 'leave' }, none)).status).toBe(429);
    expect((await post('/v1/search', { query: 'how to build a bomb' }, await rag.bearer())).status).toBe(400);
    expect((await auditRecords()).at(-1)).toMatchObject({
      action: 'search',
      outcome: 'refused',
      reason: 'content_blocked',
    });
    expect(rag.corpus.queries).toHaveLength(asked);
    expect(rag.platform.admission.inFlight).toBe(0);
  });
});

describe('POST /v1/embeddings', () => {
  it('gives vectors as OpenAI does, as numbers or in base64', async () => {
    const key = await rag.bearer();
    const numbers = await post('/v1/embeddings', { model: 'words', input: ['leave', 'none'] }, key);
    const { data } = EmbeddingsResponse.parse(await numbers.json());
    expect(data.map(({ index }) => index)).toEqual([0, 1]);
    expect(data[1]?.embedding).toEqual([1, 0]);
    const packed = await post('/v1/embeddings', { model: 'words', input: 'none', encoding_format: 'base64' }, key);
    const {
      data: [only],
    } = EmbeddingsResponse.parse(await packed.json());
    expect(new Float32Array(Uint8Array.from(Buffer.from(String(only?.embedding), 'base64')).buffer)).toEqual(
      Float32Array.of(1, 0),
    );
    expect((await post('/v1/embeddings', { model: 'other', input: 'x' }, key)).status).toBe(404);
  });
});

describe('under the policy "abstain"', () => {
  let strict: RagHarness;
  beforeAll(async () => {
    const lying = new ScriptedModel(says(['Every employee has 99 days of leave. The canteen ', 'serves fish.'], usage));
    strict = await openRag({ model: lying, environment: { PLINTH_UNSUPPORTED: 'abstain' } });
  });
  afterAll(() => strict.close());

  it.each([true, false])('nothing that is not borne out leaves, streamed: %s', async (stream) => {
    const body = JSON.stringify(ask('How many days of annual leave?', { stream }));
    const response = await strict.app.request('/v1/chat/completions', {
      method: 'POST',
      body,
      headers: await strict.bearer(),
    });
    const text = await response.text();
    expect(text).not.toMatch(/99 days|fish/);
    expect(text).toContain('I could not find an answer to that in the documents you can read. Closest: Leave.');
    expect(text).toMatch(/"abstained":true/);
  });
});
