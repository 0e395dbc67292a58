import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asyncAnswer,
  asyncCallLine,
  bedrockFiller,
  bedrockLines,
  joinAnswers,
  ordinalOf,
  readAsyncCall,
  recordName,
  textLines,
  transformLines,
  type EngineAnswer,
  type FileFormat,
} from './index.ts';

const ordinal = fc.nat({ max: 49_999 });
const body = fc.dictionary(fc.string(), fc.jsonValue());
type Json = Record<string, unknown>;

/** What each engine makes of a line it was given, as its documentation has it. */
const engines: readonly [string, FileFormat, (line: string, output: unknown) => Json][] = [
  ['Bedrock', bedrockLines, (line, modelOutput) => ({ ...(JSON.parse(line) as Json), modelOutput })],
  [
    'batch transform',
    transformLines,
    (line, SageMakerOutput) => ({ recordId: (JSON.parse(line) as Json)['recordId'], SageMakerOutput }),
  ],
];

describe.each(engines)('lines of %s', (_, format, answered) => {
  it('come back as they were sent: the place, and whatever was answered', () => {
    fc.assert(
      fc.property(ordinal, body, fc.object(), (place, sent, output) => {
        const line = format.ask(place, JSON.stringify(sent));
        expect(line).not.toContain('\n');
        expect(Object.values(JSON.parse(line) as Json)).toContainEqual(JSON.parse(JSON.stringify(sent)));
        expect(format.read(JSON.stringify(answered(line, output)))).toEqual({
          ordinal: place,
          output: JSON.parse(JSON.stringify(output)) as unknown,
        });
      }),
    );
  });

  it('that say nothing of a record are read over, and never throw', () => {
    const text = fc.oneof(fc.string(), fc.json(), fc.constantFrom('', '{', 'null', '[]', '{"recordId":"R1"}'));
    fc.assert(fc.property(text, (line) => void expect(format.read(line)).toBeUndefined()));
    const whole = JSON.stringify(answered(format.ask(7, '{}'), { a: 'b' }));
    for (let cut = 0; cut < whole.length; cut++) expect(format.read(whole.slice(0, cut))).toBeUndefined();
    expect(format.read(JSON.stringify(answered(format.ask(7, '{}'), null)))).toBeUndefined();
  });
});

describe('names of records', () => {
  it('are 11 letters and digits and lead back, and no other does', () => {
    fc.assert(fc.property(ordinal, (place) => void expect(ordinalOf(recordName(place))).toBe(place)));
    expect(recordName(12)).toMatch(/^[A-Za-z0-9]{11}$/);
    for (const other of ['', 'R1', 'R00000000012', 'F0000000001', 12, null]) expect(ordinalOf(other)).toBeUndefined();
  });
});

describe('lines of Bedrock', () => {
  it('tell what it refused, with its status', () => {
    const line = JSON.stringify({ recordId: recordName(3), error: { errorCode: 400, errorMessage: 'bad' } });
    expect(bedrockLines.read(line)).toEqual({ ordinal: 3, fault: { status: 400, message: 'bad' } });
    expect(bedrockLines.read(JSON.stringify({ recordId: recordName(3), error: 'bad' }))).toEqual({
      ordinal: 3,
      fault: { status: undefined, message: '' },
    });
  });

  it('fill a job up, and answers to those are nobody’s', () => {
    const filler = JSON.parse(bedrockFiller(1, '{"messages":[]}')) as Json;
    expect(filler).toMatchObject({ modelInput: { messages: [] } });
    expect(bedrockLines.read(JSON.stringify({ ...filler, modelOutput: {} }))).toBeUndefined();
  });
});

describe('calls of the asynchronous endpoint', () => {
  it('are told by a line each', () => {
    const call = { ordinal: 4, output: 's3://o/a.out', failure: 's3://o/a-error.out', at: 5 };
    expect(readAsyncCall(asyncCallLine(call))).toEqual(call);
    for (const line of ['', '{}', '{"recordId":"R0000000004"}']) expect(readAsyncCall(line)).toBeUndefined();
  });

  it('come to an answer, a failure, or nothing that could be read', () => {
    expect(asyncAnswer(4, { answer: '{"choices":[]}' })).toEqual({ ordinal: 4, output: { choices: [] } });
    expect(asyncAnswer(4, { answer: '{"cho' })).toBeUndefined();
    const failure = 'Received client error (400) from primary with message "..."';
    expect(asyncAnswer(4, { failure })).toEqual({ ordinal: 4, fault: { status: 400, message: failure } });
    expect(asyncAnswer(4, { failure: 'gone' })).toEqual({ ordinal: 4, fault: { status: undefined, message: 'gone' } });
  });
});

describe('records and their answers', () => {
  const line = (place: number) => ({
    ordinal: place,
    line: { custom_id: `c${place}`, method: 'POST', url: '/v1/chat/completions', body: { model: 'm' } } as const,
  });
  const joined = async (places: readonly number[], answers: readonly EngineAnswer[]) => {
    const results = [];
    for await (const each of joinAnswers(inTurn(places.map(line)), inTurn(answers))) results.push(each);
    return results;
  };
  async function* inTurn<T>(values: readonly T[]): AsyncGenerator<T> {
    yield* values;
  }

  it('meet whatever the order, what is missing, twice or of nobody: every record comes out once', async () => {
    const places = fc.uniqueArray(fc.nat({ max: 60 })).map((some) => some.toSorted((a, b) => a - b));
    const said = fc.array(fc.nat({ max: 80 }), { maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(places, said, async (records, answers) => {
        const results = await joined(
          records,
          answers.map((place, index) => ({ ordinal: place, output: index })),
        );
        expect(results.map((result) => result.ordinal).toSorted((a, b) => a - b)).toEqual(records);
        for (const result of results) {
          const first = answers.indexOf(result.ordinal);
          expect(result.answer).toEqual(first < 0 ? undefined : { ordinal: result.ordinal, output: first });
          expect(result.line.custom_id).toBe(`c${result.ordinal}`);
        }
      }),
    );
  });

  it('that come in one order are let go as they come', async () => {
    let ahead = 0;
    let read = 0;
    let seen = 0;
    async function* records() {
      for (let place = 0; place < 1_000; place++) {
        ahead = Math.max(ahead, ++read - seen);
        yield line(place);
      }
    }
    async function* answers() {
      for (let place = 0; place < 1_000; place++) yield { ordinal: place, output: 1 };
    }
    for await (const result of joinAnswers(records(), answers())) if (result.answer) seen += 1;
    expect(seen).toBe(1_000);
    expect(ahead).toBeLessThan(3);
  });
});

describe('lines of a file of answers', () => {
  it('are text, whole, and none is longer than it may be', async () => {
    async function* bytes() {
      yield Buffer.from('{"a":"ä"}\n\n{"b"');
      yield Buffer.from(`:1}\n${'x'.repeat(50)}\n{"c":2}`);
    }
    const lines = [];
    for await (const text of textLines(bytes(), 40)) lines.push(text);
    expect(lines).toEqual(['{"a":"ä"}', '{"b":1}', '{"c":2}']);
  });
});
