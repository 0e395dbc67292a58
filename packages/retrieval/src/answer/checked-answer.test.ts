import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Embedder } from '../ports/embedder.ts';
import { CheckedAnswer, type AnswerPart, type UnsupportedPolicy } from './checked-answer.ts';
import { Judge } from './judge.ts';
import { Sources } from './support.ts';
import { aFind, packedAs } from './testing/samples.ts';

const LEAVE = aFind(
  'Every employee has 25 days of annual leave. Leave that is not taken expires on 31 March. Contractors do not get paid leave.',
  { start: 100, title: 'Leave', pages: { first: 3, last: 4 } },
);
const TRAVEL = aFind('Trips are booked through Acme Travel — économie 🚆 first. A hotel may cost 180 euros a night.', {
  rank: 2,
  documentId: 'travel.md',
  title: 'Travel',
});
const PACKED = [LEAVE, TRAVEL].map(packedAs);

function check(policy: UnsupportedPolicy, embedder?: Embedder) {
  const sources = new Sources(PACKED.map(({ found, header }) => ({ text: found.passage.text, about: header })));
  const judge = new Judge({ sources, embedder, signal: new AbortController().signal });
  return new CheckedAnswer({ packed: PACKED, judge, policy, threshold: 0.6, mark: ' [unsupported]' });
}

async function run(policy: UnsupportedPolicy, pieces: readonly string[], embedder?: Embedder) {
  const answer = check(policy, embedder);
  const parts: AnswerPart[] = [];
  for (const piece of pieces) parts.push(...(await answer.push(piece)));
  const result = await answer.end({ broken: false });
  parts.push(...result.parts);
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  const citations = parts.flatMap((part) => (part.type === 'citation' ? [part.citation] : []));
  return { parts, text, citations, result };
}

describe('under the policy "mark"', () => {
  it('a sentence that a passage bears out leaves with its source, and one that none does leaves marked', async () => {
    const { text, citations, result } = await run('mark', [
      'Employees have 25 days of annual leave [2]. The canteen serves fish on Fridays.',
    ]);
    expect(text).toBe('Employees have 25 days of annual leave. The canteen serves fish on Fridays. [unsupported]');
    expect(citations).toEqual([
      {
        url: '/v1/documents/handbook.md/content',
        title: 'Leave',
        start_index: 0,
        end_index: 39,
        document_id: 'handbook.md',
        version: 1,
        passage_id: 'handbook.md#1',
        page: 3,
        quote: 'Every employee has 25 days of annual leave.',
        start: 100,
        end: 143,
      },
    ]);
    expect(result).toMatchObject({
      groundedness: 0.5,
      abstained: false,
      unsupported: [{ start_index: 40, end_index: 75 }],
    });
  });

  it.each([
    ['a number that answers the question', 'The answer is: 25.', 'How many days of annual leave are there?', true],
    ['the same number for another question', 'The answer is: 25.', 'How many euros may a hotel cost?', false],
    ['a number that is in the documents elsewhere', 'The answer is: 31.', 'How much annual leave is there?', false],
    ['a word nobody said', 'Globex.', 'Who books trips through a travel agency?', false],
    ['a name that is there', 'Acme Travel.', 'Through whom are trips booked?', true],
  ])('a short answer is held against its question as well: %s', (_name, sentence, question, supported) => {
    const sources = new Sources(
      PACKED.map(({ found, header }) => ({ text: found.passage.text, about: header })),
      question,
    );
    const judge = new Judge({ sources, signal: new AbortController().signal });
    expect(judge.judge([{ text: sentence, claimed: [] }])).toMatchObject([{ claim: true, supported }]);
  });

  it('a sentence leaves as soon as the next begins', () => {
    const answer = check('mark');
    expect(answer.push('Employees have 25 days of annual leave.')).toEqual([]);
    expect(answer.push(' T')).toMatchObject([{ type: 'text' }, { type: 'citation' }]);
  });

  it.each([
    ['a number', 'Every employee has 30 days of annual leave.', 'number'],
    ['a name', 'Trips are booked through Globex Travel.', 'name'],
    ['a negation', 'Contractors get paid leave.', 'negation'],
    ['a negation of what is so', 'A hotel may not cost 180 euros a night.', 'negation'],
    ['words', 'The office opens on Sundays.', 'words'],
  ])('a sentence with %s of its own is not borne out', async (_name, sentence, reason) => {
    const { text, citations, result } = await run('mark', [sentence]);
    expect(text).toBe(`${sentence} [unsupported]`);
    expect(citations).toEqual([]);
    expect(result.sentences).toMatchObject([{ claim: true, supported: false, reason }]);
  });

  it('numbers are the same in words and digits', async () => {
    const { result } = await run('mark', ['A hotel may cost 180 euros. Unused leave expires on 31 March.']);
    expect(result.groundedness).toBe(1);
  });

  it('a mark that the model made is no support', async () => {
    const { text, citations } = await run('mark', ['The moon is made of cheese [1].']);
    expect(text).toBe('The moon is made of cheese. [unsupported]');
    expect(citations).toEqual([]);
  });

  it('a number in brackets that is of no passage stays', async () =>
    expect((await run('mark', ['See form [2024] first.'])).text).toContain('[2024]'));

  it('saying that there is no answer is abstaining', async () => {
    const { result } = await run('mark', ['I could not find that in the documents.']);
    expect(result).toMatchObject({ abstained: true, text: 'I could not find that in the documents.', unsupported: [] });
  });
});

describe('under the policy "abstain"', () => {
  it('nothing leaves before the answer is whole, and then what is not borne out is taken out', async () => {
    const answer = check('abstain');
    expect(
      await answer.push(
        'Employees have 25 days of annual leave. Leave expires on 31 March. The canteen serves fish. Trips',
      ),
    ).toEqual([]);
    expect(await answer.push(' are booked through Acme Travel.')).toEqual([]);
    const result = await answer.end({ broken: false });
    expect(result).toMatchObject({
      text: 'Employees have 25 days of annual leave. Leave expires on 31 March. Trips are booked through Acme Travel.',
      groundedness: 0.75,
      removed: 1,
      unsupported: [],
    });
  });

  it('an answer below the threshold becomes the fixed words that name the closest sources', async () => {
    const { text, result, citations } = await run('abstain', [
      'The canteen serves fish. The moon is cheese. You have 25 days of leave.',
    ]);
    expect(text).toBe(
      'I could not find an answer to that in the documents you can read. Closest: Leave, page 3; Travel.',
    );
    expect(result).toMatchObject({ abstained: true, removed: 3 });
    expect(citations).toEqual([]);
  });

  it('an answer that claims nothing is none', async () =>
    expect((await run('abstain', ['Yes, of course.'])).result.abstained).toBe(true));

  it('an answer that was broken off leaves nothing', async () => {
    const answer = check('abstain');
    await answer.push('Employees have 25 days of annual leave. ');
    expect(await answer.end({ broken: true })).toMatchObject({ parts: [], text: '' });
  });
});

describe('sentences that words cannot decide', () => {
  const PARAPHRASE = 'Holiday you have not used lapses on 31 March.';
  const embedder = (cosine: number): Embedder & { asked: (readonly string[])[] } => {
    const asked: (readonly string[])[] = [];
    return {
      model: 'test',
      dimensions: 2,
      maxTokens: 256,
      asked,
      embed(texts) {
        asked.push(texts);
        const other = Float32Array.of(cosine, Math.sqrt(1 - cosine ** 2));
        return Promise.resolve(texts.map((text) => (text === PARAPHRASE ? Float32Array.of(1, 0) : other)));
      },
    };
  };

  it('are decided by their likeness to a passage', async () => {
    expect((await run('mark', [PARAPHRASE], embedder(0.9))).result.groundedness).toBe(1);
    expect((await run('mark', [PARAPHRASE], embedder(0.4))).result.groundedness).toBe(0);
  });

  it('are the only ones it is asked about, in one call', async () => {
    const asked = embedder(0.9);
    await run('abstain', ['Every employee has 25 days of annual leave. The moon is cheese. ', PARAPHRASE], asked);
    expect(asked.asked).toHaveLength(1);
    expect(asked.asked[0]).toContain(PARAPHRASE);
    expect(asked.asked[0]).not.toContain('The moon is cheese.');
  });

  it('are never talked round where a number is wrong', async () => {
    const wrong = 'Holiday you have not used lapses on 30 March.';
    const asked = embedder(0.99);
    expect((await run('mark', [wrong], asked)).result.groundedness).toBe(0);
    expect(asked.asked).toEqual([]);
  });

  it('are left to words when the embedder fails', async () => {
    const failing: Embedder = { ...embedder(1), embed: () => Promise.reject(new Error('down')) };
    expect((await run('mark', [PARAPHRASE], failing)).text).toContain('[unsupported]');
  });
});

const SENTENCES = [
  'Every employee has 25 days of annual leave [1].',
  'The canteen serves fish.',
  'Trips are booked through Acme Travel, économie 🚆 first. [2]',
  'Yes.',
  'Contractors do not get paid leave.',
  'A hotel may cost 999 euros a night [1, 2].',
  '- 休暇は25日です。',
];

describe('whatever the answer is and wherever it is cut', () => {
  const answers = fc.array(fc.tuple(fc.constantFrom(...SENTENCES), fc.constantFrom(' ', '\n', '\n\n')), {
    maxLength: 6,
  });
  const joined = (pairs: readonly (readonly [string, string])[]) => pairs.flat().join('');

  it('the same leaves, quotes are exact slices and offsets point to the sentence', () =>
    fc.assert(
      fc.asyncProperty(
        answers,
        fc.constantFrom('mark', 'abstain'),
        fc.array(fc.nat(20), { maxLength: 30 }),
        async (pairs, policy, cuts) => {
          const text = joined(pairs);
          const pieces: string[] = [];
          let rest = text;
          for (const cut of cuts) {
            pieces.push(rest.slice(0, cut));
            rest = rest.slice(cut);
          }
          const whole = await run(policy as UnsupportedPolicy, [text]);
          const cutUp = await run(policy as UnsupportedPolicy, [...pieces, rest]);
          expect(cutUp.parts).toEqual(whole.parts);
          expect(whole.text).toBe(whole.result.text);
          for (const citation of whole.citations) {
            const { passage } = [LEAVE, TRAVEL].find((each) => each.passage.id === citation.passage_id)!;
            expect(passage.text.slice(citation.start - passage.start, citation.end - passage.start)).toBe(
              citation.quote,
            );
            const said = whole.text.slice(citation.start_index, citation.end_index);
            expect(SENTENCES.some((sentence) => sentence.replace(/ \[[\d, ]+\]/g, '') === said)).toBe(true);
          }
        },
      ),
      { numRuns: 150 },
    ));

  it('nothing unsupported leaves under "abstain"', () =>
    fc.assert(
      fc.asyncProperty(answers, async (pairs) => {
        const { text, result } = await run('abstain', [joined(pairs)]);
        for (const wrong of ['fish', '999']) expect(text).not.toContain(wrong);
        expect(result.sentences.every(({ claim, supported }) => supported || !claim)).toBe(true);
      }),
      { numRuns: 100 },
    ));
});
