import { ChatCompletion, EvaluationResult, SearchResult } from '@plinth/contracts';
import { HybridRetriever, SqlLibrary } from '@plinth/retrieval';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexDocuments } from './testing/indexed-documents.ts';
import { openRag, saying, type RagHarness } from './testing/rag-platform.ts';

const TENANTS = ['acme', 'globex'];
const GROUPS = ['staff', 'hr', 'board', 'it'];
const WORDS = 'annual leave plan budget merger salary travel server access door key code report office train'.split(
  ' ',
);
const DOCUMENTS = 60;
const CORPORA = 4;
/** Searches in all: of each evaluation's questions, and one of each answer and each search. */
const EVALUATIONS = { runs: 100, questions: 90 };
const ANSWERS = 500;

interface Filed {
  readonly tenant: string;
  readonly id: string;
  readonly groups: readonly string[];
  readonly text: string;
}
interface Asker {
  readonly tenant: string;
  readonly groups: readonly string[];
}

const groups = (least: number) => fc.uniqueArray(fc.constantFrom(...GROUPS), { minLength: least, maxLength: 3 });
const words = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 8 }).map((list) => list.join(' '));
const asker = fc.record({ tenant: fc.constantFrom(...TENANTS), groups: groups(0) });
const method = fc.constantFrom('hybrid', 'lexical', 'dense');

let rag: RagHarness;
let filed: readonly Filed[] = [];
let searches = 0;
let shown = 0;
const keys = new Map<string, { authorization: string }>();
beforeAll(async () => {
  rag = await openRag({
    model: saying('Leave is annual. The budget plan is a report.'),
    search: (database, embedder) => ({
      retriever: new HybridRetriever({ database, embedder }),
      library: new SqlLibrary({ database }),
    }),
  });
});
afterAll(() => rag.close());

const mayRead = (who: Asker, document: Filed) =>
  document.tenant === who.tenant && document.groups.some((group) => who.groups.includes(group));

/** Who holds a key is whoever it was issued to: the groups come from there and from nowhere else. */
async function headers(who: Asker) {
  const name = JSON.stringify([who.tenant, [...who.groups].sort()]);
  const known = keys.get(name) ?? (await rag.bearer({ tenant: who.tenant, groups: [...who.groups] }));
  keys.set(name, known);
  return known;
}

/** The whole answer as text, in which nothing may be of a document that its reader may not read: ids and texts carry a mark that nothing else has. */
async function ask(who: Asker, path: string, body?: unknown): Promise<unknown> {
  const response = await rag.app.request(path, {
    headers: await headers(who),
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  for (const document of filed)
    if (text.includes(document.id)) {
      expect(mayRead(who, document), `${path} shows ${document.id} to ${JSON.stringify(who)}`).toBe(true);
      shown++;
    }
  return JSON.parse(text);
}

/** The same ids again: each round takes the documents of the one before from some and gives them to others. */
async function fill(round: number): Promise<void> {
  const drawn = fc.sample(fc.record({ groups: groups(1), text: words }), { seed: 100 + round, numRuns: DOCUMENTS });
  filed = drawn.map((one, n) => {
    const tenant = TENANTS[n % TENANTS.length]!;
    const id = `mark-${tenant}-${n}-`;
    return { tenant, id, groups: one.groups, text: `${one.text} ${id} of round ${round}.` };
  });
  await indexDocuments(rag.database, rag.embedder, filed);
}

describe('nothing leaks through the service', () => {
  for (let round = 0; round < CORPORA; round++) {
    it(`by evaluations, of corpus ${round + 1}`, async () => {
      await fill(round);
      const asked = fc.array(words, { minLength: EVALUATIONS.questions, maxLength: EVALUATIONS.questions });
      await fc.assert(
        fc.asyncProperty(asker, asked, method, async (who, questions, by) => {
          const set = questions.map((question, n) => ({
            id: `q${n}`,
            question,
            relevant: [{ documentId: `elsewhere-${n}`, grade: 1 }],
          }));
          const result = EvaluationResult.parse(
            await ask(who, '/v1/evaluations', { questions: set, config: { method: by } }),
          );
          expect(result.counts).toMatchObject({ failed: 0, skipped: 0 });
          searches += result.counts.questions;
        }),
        { numRuns: EVALUATIONS.runs / CORPORA, seed: round, endOnFailure: true },
      );
    });

    it(`by answers, searches and explanations, also to who lost groups since, of corpus ${round + 1}`, async () => {
      await fc.assert(
        fc.asyncProperty(asker, groups(0), words, method, async (who, later, question, by) => {
          SearchResult.parse(await ask(who, '/v1/search', { query: question, limit: 20, method: by }));
          const messages = [{ role: 'user', content: question }];
          const answer = await ask(who, '/v1/chat/completions', { model: 'small', messages, rag: { method: by } });
          searches += 2;
          const id = ChatCompletion.parse(answer).plinth?.answer_id;
          if (id === undefined) return;
          await ask(who, `/v1/answers/${id}/explanation`);
          await ask({ ...who, groups: later }, `/v1/answers/${id}/explanation`);
        }),
        { numRuns: ANSWERS / CORPORA, seed: round, endOnFailure: true },
      );
    });
  }

  it('in ten thousand searches, which found much', () => {
    expect(searches).toBeGreaterThanOrEqual(10_000);
    expect(shown).toBeGreaterThan(5_000);
  });
});
