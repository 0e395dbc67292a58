import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasStandIn, StandIns } from './stand-ins.ts';

const output = (property: string, type = 'aws:kms/key:Key', name = 'data') => ({
  urn: `urn:${name}:${type}`,
  type,
  name,
  property,
});

describe('a stand-in', () => {
  it('is an ARN where an ARN is expected, in the region of the stack', () => {
    expect(new StandIns('eu-west-1').textFor(output('arn'))).toMatch(
      /^arn:aws:kms:eu-west-1:000000000000:plinth0000unknown$/,
    );
  });

  it('is a number where a version is expected, as programs check that', () => {
    const standIns = new StandIns('us-east-1');
    const version = standIns.textFor(output('version', 'aws:bedrock/guardrailVersion:GuardrailVersion', 'chat'));
    expect(version).toMatch(/^[1-9]\d{0,7}$/);
    expect(standIns.trace(`abc:${version}`)?.template).toBe('abc:«guardrailVersion:chat.version»');
  });

  it('is the same each time the same output is asked for', () => {
    const standIns = new StandIns('us-east-1');
    expect(standIns.textFor(output('arn'))).toBe(standIns.textFor(output('arn')));
    expect(standIns.textFor(output('arn'))).not.toBe(standIns.textFor(output('id')));
  });

  it('is found again inside JSON, with where it comes from', () => {
    const standIns = new StandIns('us-east-1');
    const text = JSON.stringify({
      Resource: [`${standIns.textFor(output('arn'))}:*`, standIns.textFor(output('keyId'))],
    });
    expect(standIns.trace(text)).toMatchObject({
      template: '{"Resource":["«key:data.arn»:*","«key:data.keyId»"]}',
      sources: [{ property: 'arn' }, { property: 'keyId' }],
    });
  });

  it('is found wherever it is put, however many there are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.stringMatching(/^[ -~]{0,8}$/), fc.constantFrom('arn', 'id', 'name', 'url')), {
          minLength: 1,
        }),
        (parts) => {
          const standIns = new StandIns('us-east-1');
          const text = parts.map(([between, property]) => `${between}/${standIns.textFor(output(property))}/`).join('');
          const traced = standIns.trace(text);
          expect(traced?.sources.map(({ property }) => property)).toEqual(parts.map(([, property]) => property));
          expect(traced?.template).not.toMatch(/plinth\d+unknown/);
        },
      ),
    );
  });

  it('is not seen in text that merely looks like one', () => {
    expect(new StandIns('us-east-1').trace('plinth9999unknown 98712345')).toBeUndefined();
  });
});

describe('hasStandIn', () => {
  it.each([
    ['arn', true],
    ['responseStreamingInvokeArn', true],
    ['guardrailId', true],
    ['bucket', true],
    ['tagsAll', false],
    ['timeout', false],
    ['subnetIds', false],
  ])('%s: %s', (name, expected) => {
    expect(hasStandIn(name)).toBe(expected);
  });
});
