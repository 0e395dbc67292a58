import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { addressBar } from '../../testing/address-bar.ts';
import { errorResponse, fakeEndpoint, lastChunk, sse, textChunk } from '../../testing/fake-endpoint.ts';
import type { Sent } from '../../testing/fake-endpoint.ts';
import { createRoute } from '../route.ts';
import { createDocuments } from './documents.ts';

const MODELS = { object: 'list', data: [{ id: 'small' }] };
const DOCUMENT = { id: 'a.md', version: 2, indexed_version: 2, state: 'indexed', title: 'A', groups: ['staff'] };
const citation = (extra: object = {}) => ({
  type: 'url_citation',
  url_citation: {
    start_index: 0,
    end_index: 8,
    document_id: 'a.md',
    title: 'A',
    quote: 'q',
    start: 1,
    end: 2,
    ...extra,
  },
});
const annotated = (...annotations: unknown[]) => ({ choices: [{ index: 0, delta: { annotations } }] });

function open(answer: (sent: Sent) => Response | Promise<Response> | undefined) {
  const fake = fakeEndpoint(async (sent) => {
    const given = await answer(sent);
    if (given !== undefined) return given;
    if (sent.path === '/rag/v1/models') return Response.json(MODELS);
    return errorResponse(404, 'not_found');
  });
  const key = signal<string | undefined>('good');
  const waited: number[] = [];
  const documents = createDocuments({
    endpoint: fake.endpoint,
    frames: (run) => (run(), () => undefined),
    wait: async (milliseconds) => void waited.push(milliseconds),
    key,
    route: createRoute(addressBar('#/documents')),
  });
  return { documents, key, waited, ...fake };
}

describe('whether there are documents', () => {
  it('is a ready answer of none where the route is not known, even to a proxy', async () => {
    const { documents } = open(() => new Response('<html>', { status: 404 }));
    await documents.enter();
    expect(documents.service.value).toEqual({ status: 'ready', value: undefined });
  });

  it('is a failure in words where nobody answers, and can be asked again', async () => {
    let down = true;
    const { documents } = open(() => (down ? errorResponse(503, 'overloaded') : undefined));
    await documents.enter();
    expect(documents.service.value).toMatchObject({ status: 'failed', problem: { code: 'overloaded' } });
    down = false;
    await documents.enter();
    expect(documents.model.value?.id).toBe('small');
  });
});

describe('asking the documents', () => {
  const asked = async (answer: (sent: Sent) => Response | undefined) => {
    const all = open(answer);
    await all.documents.enter();
    await all.documents.ask.ask('How many?');
    return { ...all, answer: () => all.documents.ask.exchanges.value.at(-1)!.answer.value };
  };
  const chat =
    (...values: unknown[]) =>
    (sent: Sent) =>
      sent.path === '/rag/v1/chat/completions' ? sse(...values, '[DONE]') : undefined;

  it('gathers text, citations, and what is not supported', async () => {
    const unsupported = [{ start_index: 4, end_index: 8 }, { start_index: 9 }, null];
    const { answer } = await asked(
      chat(
        textChunk('25 days.'),
        annotated(citation(), null, { type: 'other' }, citation({ document_id: 7 }), citation({ end_index: -1 })),
        lastChunk({ answer_id: 'x', groundedness: 1.5, abstained: false, unsupported, removed_sentences: 1 }),
      ),
    );
    expect(answer()).toMatchObject({ status: 'done', text: '25 days.' });
    expect(answer().grounding).toEqual({
      answerId: 'x',
      citations: [
        {
          at: { start: 0, end: 8 },
          documentId: 'a.md',
          version: undefined,
          title: 'A',
          page: undefined,
          quote: 'q',
          source: { start: 1, end: 2 },
        },
      ],
      unsupported: [{ start: 4, end: 8 }],
      groundedness: 1,
      abstained: false,
      removed: 1,
      query: undefined,
    });
  });

  it('sends what was said before, so that a follow-up can be understood', async () => {
    const { documents, sent } = await asked(chat(textChunk('25.'), lastChunk()));
    await documents.ask.ask('And in June?');
    const last = sent.at(-1)?.body as { messages: { role: string }[] };
    expect(last.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  it('looks up what came closest when the documents do not answer', async () => {
    const passages = [1, 2, 3, 4].map((n) => ({
      passage_id: `p${n}`,
      document_id: 'a',
      start: 0,
      end: 1,
      fate: 'packed',
    }));
    const { answer } = await asked((given) =>
      given.path.endsWith('/explanation')
        ? Response.json({ passages })
        : chat(textChunk('No.'), lastChunk({ answer_id: 'x', abstained: true }))(given),
    );
    expect(answer().closest?.map(({ id }) => id)).toEqual(['p1', 'p2', 'p3']);
  });

  it('keeps a rating that arrived, and says when one did not', async () => {
    let down = true;
    const { documents, answer } = await asked((given) =>
      given.path.endsWith('/feedback')
        ? down
          ? errorResponse(503, 'overloaded')
          : Response.json({})
        : chat(textChunk('Yes.'), lastChunk({ answer_id: 'x' }))(given),
    );
    const [exchange] = documents.ask.exchanges.value;
    await documents.ask.rate(exchange!, 'up');
    expect(answer().feedback).toBe('failed');
    down = false;
    await documents.ask.rate(exchange!, 'down');
    expect(answer().feedback).toBe('down');
  });

  it('is forgotten with the key it was asked with', async () => {
    const { documents, key } = await asked(chat(textChunk('Yes.'), lastChunk()));
    key.value = undefined;
    expect(documents.ask.exchanges.value).toEqual([]);
    expect(documents.service.value.status).toBe('idle');
  });
});

describe('uploads', () => {
  const file = (name: string) => new File(['text'], name);

  it('are followed through their steps, less and less often, to their end', async () => {
    const states = ['queued', 'running', 'running', 'indexed'];
    const { documents, waited, sent } = open((given) => {
      if (given.method === 'POST') return Response.json({ id: 'a.md', version: 2, state: 'queued' }, { status: 202 });
      if (given.path === '/rag/v1/documents/a.md') return Response.json({ ...DOCUMENT, state: states.shift() });
      return undefined;
    });
    await documents.uploads.send([file('a.md')], ['staff']);
    expect(documents.uploads.uploads.value).toMatchObject([{ name: 'a.md', state: 'indexed' }]);
    expect(waited).toEqual([400, 600, 900, 1_350]);
    expect(sent.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('that fail say why, and the others go on', async () => {
    let posted = 0;
    const { documents } = open((given) => {
      if (given.method === 'POST') {
        posted += 1;
        return posted === 1 ? errorResponse(403, 'permission_denied') : Response.json({ id: 'b', version: 1 });
      }
      if (given.path === '/rag/v1/documents/b')
        return Response.json({ ...DOCUMENT, id: 'b', version: 1, state: 'failed', reason: 'The file is empty.' });
      return undefined;
    });
    await documents.uploads.send([file('a'), file('b')], ['staff']);
    expect(documents.uploads.uploads.value.map(({ state, reason }) => [state, reason])).toEqual([
      ['failed', 'Said by the platform: permission_denied.'],
      ['failed', 'The file is empty.'],
    ]);
    documents.uploads.tidy();
    expect(documents.uploads.uploads.value).toEqual([]);
  });

  it('bear with a few lost looks, and not with more', async () => {
    let looks = 0;
    const { documents } = open((given) => {
      if (given.method === 'POST') return Response.json({ id: 'a.md', version: 2 });
      looks += 1;
      return looks < 5 ? errorResponse(503, 'overloaded') : Response.json(DOCUMENT);
    });
    await documents.uploads.send([file('a.md')], ['staff']);
    expect(documents.uploads.uploads.value[0]?.state).toBe('indexed');
    looks = -100;
    await documents.uploads.send([file('a.md')], ['staff']);
    expect(documents.uploads.uploads.value[0]?.state).toBe('failed');
  });
});

describe('the library', () => {
  it('turns pages, there and back, and takes the groups from what it sees where it is not told', async () => {
    const { documents, sent } = open((given) => {
      if (!given.path.startsWith('/rag/v1/documents?')) return undefined;
      const more = !given.path.includes('after');
      return Response.json({ data: [DOCUMENT, { nothing: 1 }], has_more: more, last_id: 'a.md' });
    });
    await documents.library.open();
    await documents.library.next();
    expect(documents.library.pageNumber.value).toBe(2);
    await documents.library.next();
    await documents.library.previous();
    expect(documents.library.pageNumber.value).toBe(1);
    expect(documents.library.groups.value).toEqual(['staff']);
    const pages = sent.map(({ path }) => path).filter((path) => path.startsWith('/rag/v1/documents'));
    expect(pages).toEqual([
      '/rag/v1/documents?limit=20',
      '/rag/v1/documents?limit=20&after=a.md',
      '/rag/v1/documents?limit=20',
    ]);
  });
});

describe('what is open beside the view', () => {
  it('is read from the address, and not again for another place in the same text', async () => {
    const { documents, sent } = open((given) => {
      if (given.path.includes('/text'))
        return Response.json({ version: 1, text: 'abc', blocks: [{ start: 0, end: 9 }] });
      return given.path === '/rag/v1/documents/a%2Fb.md' ? Response.json({ ...DOCUMENT, id: 'a/b.md' }) : undefined;
    });
    const panel = { kind: 'source' as const, id: 'a/b.md', version: 1 };
    documents.route.openPanel({ ...panel, start: 0, end: 1 });
    await expect.poll(() => documents.panel.source.value.status).toBe('ready');
    documents.route.openPanel({ ...panel, start: 1, end: 2 });
    expect(sent.map(({ path }) => path)).toEqual([
      '/rag/v1/documents/a%2Fb.md',
      '/rag/v1/documents/a%2Fb.md/text?version=1',
    ]);
    expect(documents.panel.source.value).toMatchObject({ value: { version: 1, text: 'abc', blocks: [] } });
    documents.route.openPanel(undefined);
    expect(documents.panel.source.value.status).toBe('idle');
  });
});

describe('evaluations', () => {
  const event = (value: object) => value;

  it('run one configuration after the other and keep both results', async () => {
    const { documents } = open((given) =>
      given.path === '/rag/v1/evaluations'
        ? sse(
            event({ type: 'progress', done: 1, total: 2 }),
            event({ type: 'result', result: { totals: { mrr: 0.5, bad: 'x' }, counts: { questions: 2 } } }),
          )
        : undefined,
    );
    await documents.evaluation.start({ set: 'seed' }, [
      { method: 'hybrid', answers: false },
      { method: 'dense', answers: false },
    ]);
    expect(documents.evaluation.runs.value.map(({ result }) => result?.totals)).toEqual([{ mrr: 0.5 }, { mrr: 0.5 }]);
    expect(documents.evaluation.running.value).toBe(false);
  });

  it('that break off say so', async () => {
    const { documents } = open((given) =>
      given.path === '/rag/v1/evaluations'
        ? sse(event({ type: 'error', error: { message: 'x', code: 'overloaded' } }))
        : undefined,
    );
    await documents.evaluation.start({ set: 'seed' }, [{ method: 'hybrid', answers: false }]);
    expect(documents.evaluation.problem.value?.code).toBe('overloaded');
  });
});
