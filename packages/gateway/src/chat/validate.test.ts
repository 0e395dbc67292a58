import { CHAT_BOUNDS, PlatformError } from '@plinth/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChatRequest } from './validate.ts';

const GOOD = { model: 'm', messages: [{ role: 'user', content: 'Grüße 🌍' }] };
const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

function refusal(body: Uint8Array): PlatformError {
  try {
    parseChatRequest(body);
  } catch (error) {
    if (error instanceof PlatformError) return error;
    throw error;
  }
  throw new Error('The body was taken.');
}

describe('a request body', () => {
  it('is read as UTF-8, also out of the middle of a larger buffer', () => {
    const json = bytes(GOOD);
    const around = Buffer.concat([Buffer.from('xx'), json, Buffer.from('xx')]);
    expect(parseChatRequest(around.subarray(2, 2 + json.length))).toEqual(GOOD);
    expect(parseChatRequest(new Uint8Array(json))).toEqual(GOOD);
  });

  it('over the limit is refused before it is looked at', () => {
    expect(refusal(Buffer.alloc(CHAT_BOUNDS.bodyBytes + 1, 0xff))).toMatchObject({
      code: 'request_too_large',
      status: 413,
    });
    expect(refusal(Buffer.alloc(CHAT_BOUNDS.bodyBytes, 0xff))).toMatchObject({ code: 'invalid_json' });
  });

  it.each([
    ['half a character', Buffer.from([0x22, 0xc3, 0x22])],
    ['an overlong form', Buffer.from([0x22, 0xc0, 0x80, 0x22])],
    ['a lone surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['Latin-1', Buffer.from('"Grüße"', 'latin1')],
  ])('with %s is not UTF-8', (_name, body) => {
    expect(refusal(body)).toMatchObject({ code: 'invalid_json', message: expect.stringContaining('UTF-8') });
  });

  it.each(['', '{', '{"model":"m",}', "{'model':'m'}", 'NaN', '{"a":1}{"b":2}'])('%j is no JSON', (text) =>
    expect(refusal(bytes(text))).toMatchObject({ code: 'invalid_json', status: 400 }),
  );

  it.each(['null', '5', '"text"', '[]', '{}'])('%s is JSON and no request', (text) =>
    expect(refusal(bytes(text))).toMatchObject({ code: 'invalid_request', status: 400 }),
  );

  it('is refused with the name of the field, in dotted form', () => {
    const error = refusal(bytes({ ...GOOD, messages: [GOOD.messages[0], { role: 'user', content: 7 }] }));
    expect(error).toMatchObject({ param: 'messages.1.content' });
    expect(error.message).toContain('"messages.1.content" is not usable');
    expect(refusal(bytes('null')).param).toBeUndefined();
  });

  it('cannot change the prototype of anything', () => {
    const request = parseChatRequest(
      bytes('{"model":"m","messages":[{"role":"user","content":"x","__proto__":{"a":1}}],"__proto__":{"stream":true}}'),
    );
    expect(request.stream).toBeUndefined();
    expect(({} as { a?: number }).a).toBeUndefined();
  });

  it('is never repeated back, neither in the message nor in what is kept as its cause', () => {
    const secret = 'swordfish';
    const broken = fc.constantFrom(
      `{"model":"m","messages":"${secret}"}`,
      `{"model":"m","messages":[{"role":"${secret}","content":"x"}]}`,
      `{"model":"m","messages":[{"role":"user","content":{"${secret}":1}}]}`,
      `{"model":"m","messages":[{"role":"user","content":[{"type":"${secret}"}]}]}`,
      `{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":"${secret}"}`,
      `{"${secret}`,
      `${secret}`,
      `{"model":"m","messages":[{"role":"user","content":"${secret}`,
    );
    fc.assert(
      fc.property(broken, (body) => {
        const { message, param, cause } = refusal(bytes(body));
        expect(`${message} ${param} ${String(cause)}`).not.toContain(secret);
      }),
    );
  });

  it('of any shape is taken or refused as a PlatformError, never anything else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.uint8Array().map((raw) => Buffer.from(raw)),
          fc.anything().map((value) => JSON.stringify({ ...GOOD, messages: value })),
        ),
        (body) => {
          expect(refusal(Buffer.from(body as string)).status).toBe(400);
        },
      ),
      { numRuns: 300 },
    );
  });
});
