import { describe, expect, it } from 'vitest';
import { checkInput, HEAD_BYTES } from './batch-input.ts';

const request = (id: string, given: object = {}) =>
  JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/chat/completions', body: { model: 'small' }, ...given });
const check = (...lines: string[]) => checkInput(lines.join('\n'), lines.join('\n').length);
const words = (...lines: string[]) => check(...lines).wrong?.map(({ line, words: said }) => [line, said]);

describe('the start of an input file', () => {
  it('tells the model, the route and how many requests there are', () => {
    expect(check(request('a'), '', `${request('b')}\r`, '')).toEqual({
      head: {
        looked: 2,
        endpoint: '/v1/chat/completions',
        model: 'small',
        requests: { count: 2, exact: true },
      },
    });
  });

  it('tells about how many there are where the file goes on', () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => request(`request-${10_000 + index}`)).join('\n');
    const { head } = checkInput(lines.slice(0, HEAD_BYTES), lines.length);
    expect(head?.requests.exact).toBe(false);
    expect(head?.requests.count).toBeGreaterThan(9_900);
    expect(head?.requests.count).toBeLessThan(10_100);
    expect(head?.looked).toBe(200);
  });

  it.each([
    ['{"custom_id":', 'is not JSON.'],
    ['[1]', 'is not a JSON object.'],
    [request(''), 'has no custom_id: a name of its own, to find its answer by.'],
    [request('x'.repeat(513)), 'has a custom_id of more than 512 characters.'],
    [request('b', { method: 'GET' }), 'has no method "POST".'],
    [request('b', { url: '/v1/images' }), 'has no url that is /v1/chat/completions or /v1/embeddings.'],
    [request('b', { body: {} }), 'names no model in its body.'],
    [
      request('b', { url: '/v1/embeddings' }),
      'is for /v1/embeddings, the first one for /v1/chat/completions: a batch is for one.',
    ],
    [
      request('b', { body: { model: 'large' } }),
      'names the model “large”, the first one “small”: a batch is of one model.',
    ],
    [request('a'), 'has the custom_id “a”, which line 1 has too.'],
  ])('names the line and what is wrong with it: %s', (line, said) => {
    expect(words(request('a'), line)).toEqual([[2, said]]);
  });

  it('names no more than five lines', () => {
    expect(words(...Array<string>(9).fill('x'))).toHaveLength(5);
  });

  it('says what is wrong with a file that has no lines to name', () => {
    expect(words('', ' ')).toEqual([[undefined, expect.stringContaining('no requests')]]);
    expect(words('PK\u0003\u0004\u0000')).toEqual([[undefined, expect.stringContaining('not text')]]);
    expect(checkInput('x'.repeat(HEAD_BYTES), HEAD_BYTES * 2).wrong).toEqual([
      { line: undefined, words: expect.stringContaining('longer than 256 kB') },
    ]);
  });

  it('does not hold a line against the file that was cut in reading', () => {
    const lines = `${request('a')}\n${request('b')}`;
    expect(checkInput(lines.slice(0, -5), HEAD_BYTES + 1).head?.looked).toBe(1);
  });
});
