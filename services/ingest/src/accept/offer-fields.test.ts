import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mediaTypeOf } from './media-type.ts';
import { checkDocumentId, checkGroups, checkMetadata, checkName } from './offer-fields.ts';

const refused = (param: string) => expect.objectContaining({ code: 'invalid_request', param }) as Error;

describe('the fields of a document', () => {
  it.each(['a', 'handbook/travel.md', 'Grüße & more', 's3-key=1+2', 'a..b', '.hidden/x', 'x'.repeat(512)])(
    'take the id %j',
    (id) => expect(checkDocumentId(id)).toBe(id),
  );

  it.each(['', '/', '/a', 'a/', 'a//b', '.', '..', 'a/../b', 'a\u0000', 'a\nb', '\ud800', 'x'.repeat(513)])(
    'refuse the id %j',
    (id) => expect(() => checkDocumentId(id)).toThrow(refused('id')),
  );

  it.each(['', ' ', 'a\rb', 'x'.repeat(256)])('refuse the name %j', (name) => {
    expect(() => checkName(name)).toThrow(refused('file'));
  });

  it('open a document to groups of its sender only, whatever is asked for', () => {
    const group = fc.constantFrom<string>('a', 'b', 'c', 'd', 'e');
    fc.assert(
      fc.property(fc.array(group), fc.array(group), (asked, own) => {
        let given: readonly string[];
        try {
          given = checkGroups(asked, own);
        } catch {
          expect(asked.length === 0 || asked.some((name) => !own.includes(name))).toBe(true);
          return;
        }
        expect(given).toEqual([...new Set(asked)].sort());
        expect(given.every((name) => own.includes(name))).toBe(true);
      }),
    );
  });

  it('take no group with a name of odd characters, and not too many', () => {
    for (const groups of [[''], ['a b'], ['a,b'], ['ä'], Array.from({ length: 17 }, (_, n) => `g${n}`)])
      expect(() => checkGroups(groups)).toThrow(refused('groups'));
  });

  it('take flat metadata of texts, numbers and truths', () => {
    expect(checkMetadata(undefined)).toEqual({});
    expect(checkMetadata({ year: 2026, draft: false, owner: 'Ann' })).toEqual({
      year: 2026,
      draft: false,
      owner: 'Ann',
    });
    for (const value of [
      null,
      [],
      'x',
      { a: null },
      { a: {} },
      { a: [1] },
      { a: Infinity },
      { '': 1 },
      { a: '\u0000' },
    ])
      expect(() => checkMetadata(value)).toThrow(refused('metadata'));
    expect(() => checkMetadata({ a: 'x'.repeat(5_000) })).toThrow(refused('metadata'));
    expect(() => checkMetadata(Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`k${n}`, n])))).toThrow();
  });

  it.each([
    [undefined, 'a.PDF', 'application/pdf'],
    ['application/octet-stream', 'a.md', 'text/markdown'],
    ['text/html; charset=utf-8', 'a.bin', 'text/html'],
    ['not a type', 'a.csv', 'text/csv'],
    [undefined, 'README', 'application/octet-stream'],
  ])('say of %j and %j that it is %j', (told, name, type) => {
    expect(mediaTypeOf(told, name)).toBe(type);
  });
});
