import { unknownCheckingProxy } from '@pulumi/policy';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNKNOWN } from './testing/samples.ts';
import { isUnknown, reveal, Unknown } from './unknown.ts';

describe('reveal', () => {
  it('turns every kind of unknown marker into an Unknown that says where it sits', () => {
    const revealed = reveal({ a: UNKNOWN, list: [{ number: '3eeb2bf0-c639-47a8-9e75-3b44932eb421' }] });
    expect(revealed['a']).toEqual(new Unknown('a'));
    expect(revealed['list']).toEqual([{ number: new Unknown('list[0].number') }]);
  });

  it('reads behind the proxy of CrossGuard, which throws on unknowns', () => {
    const proxied = unknownCheckingProxy({ known: { deep: [1, UNKNOWN] }, unknown: UNKNOWN });
    expect(() => (proxied as { unknown: string }).unknown).toThrow(/can't be known/);
    expect(reveal(proxied)).toEqual({
      known: { deep: [1, new Unknown('known.deep[1]')] },
      unknown: new Unknown('unknown'),
    });
  });

  it('keeps what a plan knows about an unknown, under its new path', () => {
    const source = { urn: 'u', type: 'aws:kms/key:Key', property: 'arn' };
    const [value] = Object.values(reveal({ key: new Unknown('', [source], '«key:data.arn»') }));
    expect(value).toEqual(new Unknown('key', [source], '«key:data.arn»'));
    expect(isUnknown(value) && value.isOutputOf('aws:kms/key:Key')).toBe(true);
  });

  it('changes nothing that is known, proxied or not', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ minLength: 1 }).filter((key) => !key.startsWith('__')),
          fc.jsonValue(),
        ),
        (properties) => {
          // The engine writes null where nothing is set; a rule sees undefined.
          const plain = JSON.parse(JSON.stringify(properties).replaceAll('null', '0')) as object;
          expect(reveal(plain)).toEqual(plain);
          expect(reveal(unknownCheckingProxy(plain))).toEqual(plain);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('isOutputOf', () => {
  it('is false for text that mixes two outputs, and for no known origin', () => {
    const source = { urn: 'u', type: 'aws:kms/key:Key', property: 'arn' };
    expect(new Unknown('', [source, source]).isOutputOf('aws:kms/key:Key')).toBe(false);
    expect(new Unknown('').isOutputOf('aws:kms/key:Key')).toBe(false);
  });
});
