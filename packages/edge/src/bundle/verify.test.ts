import { createHash, createPublicKey, verify } from 'node:crypto';
import { BUNDLE_BOUNDS, BUNDLE_TYPE } from '@plinth/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BundleAuthor, NOON } from '../testing/bundle-author.ts';
import { preAuthEncoding, trustedKey } from './dsse.ts';
import { readPart, verifyBundle } from './verify.ts';

const author = new BundleAuthor();
const check = (envelope: Uint8Array, changes: { now?: number; site?: string; key?: BundleAuthor } = {}) => {
  const { now = NOON, site = 'lab', key = author } = changes;
  return verifyBundle(envelope, { key: key.key, site, now });
};
const edited = (envelope: Buffer, edit: (fields: Record<string, unknown>) => object) =>
  Buffer.from(JSON.stringify(edit(JSON.parse(envelope.toString()) as Record<string, unknown>)));

describe('a signed bundle', () => {
  it('is what its author said, and is told by the digest of it', async () => {
    const { envelope, statement } = await author.compose({ sequence: 7 });
    const { payload } = JSON.parse(envelope.toString()) as { payload: string };
    const digest = createHash('sha256').update(Buffer.from(payload, 'base64')).digest('hex');
    expect(check(envelope)).toEqual({ statement, digest });
  });

  it('has the signature that DSSE asks for, which any Ed25519 verifies', async () => {
    const { envelope } = await author.compose();
    const { payload, signatures } = JSON.parse(envelope.toString()) as {
      payload: string;
      signatures: [{ keyid: string; sig: string }];
    };
    const body = Buffer.from(payload, 'base64').toString();
    const signed = Buffer.from(`DSSEv1 ${BUNDLE_TYPE.length} ${BUNDLE_TYPE} ${body.length} ${body}`);
    const key = createPublicKey(author.publicKeyPem);
    expect(verify(null, signed, key, Buffer.from(signatures[0].sig, 'base64'))).toBe(true);
    expect(signatures[0].keyid).toBe(author.key.keyid);
  });

  it('is encoded for signing as the example of the DSSE protocol is', () =>
    expect(preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    ));

  it('counts the bytes of its type and not the letters', () =>
    expect(preAuthEncoding('é', Buffer.from('é')).toString()).toBe('DSSEv1 2 é 2 é'));

  it.each([
    ['over-size', async () => Buffer.alloc(BUNDLE_BOUNDS.envelopeBytes + 1, ' ')],
    ['not-json', async () => Buffer.from('{"payloadType":')],
    ['not-json', async () => Buffer.from([0xff, 0xfe])],
    ['not-json', async () => author.sign('no json')],
    ['not-an-envelope', async () => Buffer.from('{}')],
    ['not-an-envelope', async () => Buffer.from('null')],
    ['not-an-envelope', async () => edited((await author.compose()).envelope, (it) => ({ ...it, signatures: [] }))],
    ['not-an-envelope', async () => edited((await author.compose()).envelope, (it) => ({ ...it, payload: '%%' }))],
    ['unknown-type', async () => author.sign('{}', 'application/json')],
    ['over-size', async () => author.signStatement({ padding: 'x'.repeat(4_096) })],
    ['unknown-key', async () => (await new BundleAuthor().compose()).envelope],
    ['unknown-version', async () => author.signStatement({ version: 2 })],
    ['unknown-version', async () => author.sign('null')],
    ['not-a-bundle', async () => author.signStatement({ sequence: 0 })],
    ['not-a-bundle', async () => author.signStatement({ sequence: 1.5 })],
    ['not-a-bundle', async () => author.signStatement({ notAfter: 'for ever' })],
    ['not-a-bundle', async () => author.signStatement({ more: true })],
    ['wrong-site', async () => (await author.compose({ site: 'plant' })).envelope],
    ['not-yet-valid', async () => (await author.compose({ issuedAt: new Date(NOON + 5 * 60_001) })).envelope],
    ['expired', async () => (await author.compose({ notAfter: new Date(NOON - 1) })).envelope],
  ] as const)('is refused as %s', async (reason, make) => {
    const envelope = await make();
    expect(() => check(envelope)).toThrow(expect.objectContaining({ reason }));
  });

  it('may be dated a little ahead of the clock of its site', async () => {
    const { envelope } = await author.compose({ issuedAt: new Date(NOON + 5 * 60_000) });
    expect(check(envelope).statement.sequence).toBe(1);
  });

  it('is refused by its signature whatever single byte of it was changed', async () => {
    const { envelope } = await author.compose();
    const { payloadType, payload, signatures } = JSON.parse(envelope.toString()) as {
      payloadType: string;
      payload: string;
      signatures: [{ keyid: string; sig: string }];
    };
    const body = Buffer.from(payload, 'base64');
    const sig = Buffer.from(signatures[0].sig, 'base64');
    const flip = (bytes: Buffer, at: number, bit: number) => {
      const copy = Buffer.from(bytes);
      copy[at % copy.length]! ^= 1 << bit;
      return copy.toString('base64');
    };
    const bit = fc.tuple(fc.nat(1_000_000), fc.nat(7));
    fc.assert(
      fc.property(bit, fc.boolean(), ([at, which], inPayload) => {
        const changed = inPayload
          ? { payloadType, payload: flip(body, at, which), signatures }
          : { payloadType, payload, signatures: [{ ...signatures[0], sig: flip(sig, at, which) }] };
        expect(() => check(Buffer.from(JSON.stringify(changed)))).toThrow(
          expect.objectContaining({ reason: 'bad-signature' }),
        );
      }),
    );
  });

  it('is not believed for the name of the key alone', async () => {
    const { envelope } = await new BundleAuthor().compose();
    const disguised = edited(envelope, (fields) => {
      const [signature] = fields['signatures'] as [{ sig: string }];
      return { ...fields, signatures: [{ ...signature, keyid: author.key.keyid }] };
    });
    expect(() => check(disguised)).toThrow(expect.objectContaining({ reason: 'bad-signature' }));
  });

  it('may have other signatures beside the one that counts', async () => {
    const { envelope } = await author.compose();
    const more = edited(envelope, (fields) => ({
      ...fields,
      signatures: [{ keyid: 'other', sig: 'AAAA' }, { sig: 'AAAA' }, ...(fields['signatures'] as object[])],
    }));
    expect(check(more).statement.site).toBe('lab');
  });

  it('is read again later although it holds no longer, by who took it when it did', async () => {
    const { envelope } = await author.compose({ notAfter: new Date(NOON + 1) });
    expect(verifyBundle(envelope, { key: author.key, site: 'lab' }).statement.sequence).toBe(1);
  });
});

describe('a part', () => {
  const part = async () => {
    const { statement, parts } = await author.compose();
    const signed = statement.parts.keys;
    return { signed, content: parts.find(({ sha256 }) => sha256 === signed.sha256)!.content };
  };

  it('is what was signed', async () => {
    const { signed, content } = await part();
    expect(readPart('keys', content, signed)).toEqual({ keys: [] });
  });

  it.each([
    ['truncated', (content: Buffer) => content.subarray(0, -1)],
    ['truncated', () => Buffer.alloc(0)],
    ['tampered', (content: Buffer) => Buffer.concat([content, Buffer.from(' ')])],
    ['tampered', (content: Buffer) => Buffer.from(content.toString().replace('keys', 'KEYS'))],
  ] as const)('is refused as %s', async (reason, change) => {
    const { signed, content } = await part();
    expect(() => readPart('keys', change(content), signed)).toThrow(expect.objectContaining({ reason }));
  });

  it('that was signed but makes no sense is refused, and told without what it holds', async () => {
    const content = Buffer.from('{"keys":[{"secret":"s3cret"}]}');
    const signed = { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.byteLength };
    expect(() => readPart('keys', content, signed)).toThrow(expect.objectContaining({ reason: 'not-a-bundle' }));
    expect(() => readPart('keys', content, signed)).not.toThrow(/s3cret/);
  });
});

describe('a key of bundles', () => {
  it('is Ed25519 and public', () => {
    expect(() => trustedKey('no key')).toThrow(/no public key/);
    const rsa =
      '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTjL3chynL4wXgUg2R9\nq9UU8I5mEovUf86QZ7kOBIjJwqnzD1omageEHWwHdBO6B+dFabmdT9POxg==\n-----END PUBLIC KEY-----\n';
    expect(() => trustedKey(rsa)).toThrow(/not Ed25519/);
  });
});
