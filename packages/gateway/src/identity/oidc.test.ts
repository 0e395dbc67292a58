import { createServer, type RequestListener } from 'node:http';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTokenVerifier, type OidcOptions } from './oidc.ts';

const ISSUER = 'https://issuer.example/pool';
const now = () => Math.floor(Date.now() / 1_000);
type Key = Awaited<ReturnType<typeof generateKeyPair>>;
let ours: Key;
let theirs: Key;
let jwks: { keys: Awaited<ReturnType<typeof exportJWK>>[] };

beforeAll(async () => {
  [ours, theirs] = await Promise.all([generateKeyPair('ES256', { extractable: true }), generateKeyPair('ES256')]);
  jwks = { keys: [{ ...(await exportJWK(ours.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] };
});

const CLAIMS = { iss: ISSUER, aud: 'app', sub: 'u-1', 'custom:tenant': 'acme' };

function token(claims: JWTPayload = {}, key: Key = ours): Promise<string> {
  const payload = { ...CLAIMS, exp: now() + 600, ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(key.privateKey);
}

function verifier(options: Partial<OidcOptions> = {}) {
  return createTokenVerifier({
    issuer: ISSUER,
    audience: 'app',
    userLimits: { tokensPerDay: 9 },
    keys: createLocalJWKSet(jwks),
    ...options,
  });
}

describe('a token', () => {
  it('says who is calling', async () =>
    expect(await verifier()(await token({ 'cognito:groups': ['staff', 7] }))).toEqual({
      tenant: 'acme',
      principal: 'user:u-1',
      kind: 'user',
      scopeId: 'user:u-1',
      groups: ['staff'],
      scopeLimits: { tokensPerDay: 9 },
      conversations: true,
    }));

  it('of Cognito for access names its client in client_id', async () => {
    const access = await token({ aud: undefined, client_id: 'app', token_use: 'access' });
    expect(await verifier()(access)).toMatchObject({ principal: 'user:u-1' });
  });

  it('may be meant for several applications', async () =>
    expect(await verifier()(await token({ aud: ['other', 'app'] }))).toMatchObject({ tenant: 'acme' }));

  it.each<[string, () => Promise<string>]>([
    ['signed by another key', () => token({}, theirs)],
    ['of another issuer', () => token({ iss: 'https://issuer.example/other' })],
    ['without an issuer', () => token({ iss: undefined })],
    ['that never expires', () => token({ exp: undefined })],
    ['not valid yet', () => token({ nbf: now() + 300 })],
    ['without a subject', () => token({ sub: undefined })],
    ['for another application', () => token({ aud: 'other' })],
    ['for another Cognito client', () => token({ aud: undefined, client_id: 'other' })],
    ['for nobody', () => token({ aud: undefined })],
    ['that is no token', () => Promise.resolve('a.b.c')],
    [
      'changed on the way',
      async () => (await token()).replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"root"}').toString('base64url')}.`),
    ],
  ])('%s is refused', async (_name, make) =>
    expect(verifier()(await make())).rejects.toMatchObject({ code: 'invalid_token', status: 401 }),
  );

  it('that expired is told so, after half a minute of grace for clocks that differ', async () => {
    await expect(verifier()(await token({ exp: now() - 20 }))).resolves.toBeDefined();
    await expect(verifier()(await token({ exp: now() - 40 }))).rejects.toThrow('expired');
  });

  it('without a signature is refused', async () => {
    const unsigned = new UnsecuredJWT({ ...CLAIMS, exp: now() + 600 }).encode();
    await expect(verifier()(unsigned)).rejects.toMatchObject({ code: 'invalid_token' });
  });

  it('signed with our public key as if it were a shared secret is refused', async () => {
    const publicKey = new TextEncoder().encode(JSON.stringify(jwks.keys[0]));
    const confused = await new SignJWT({ ...CLAIMS, exp: now() + 600 })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(publicKey);
    await expect(verifier()(confused)).rejects.toMatchObject({ code: 'invalid_token' });
    // Also where a key set itself offers a symmetric key.
    const symmetric = createLocalJWKSet({
      keys: [{ kty: 'oct', k: Buffer.from(publicKey).toString('base64url'), kid: 'one' }],
    });
    await expect(verifier({ keys: symmetric })(confused)).rejects.toMatchObject({ code: 'invalid_token' });
  });

  it('without a tenant is refused, or belongs to the tenant that is set for such', async () => {
    for (const claim of [undefined, '', 7]) {
      const nobodys = await token({ 'custom:tenant': claim });
      await expect(verifier()(nobodys)).rejects.toMatchObject({ code: 'permission_denied', status: 403 });
      expect(await verifier({ defaultTenant: 'public' })(nobodys)).toMatchObject({ tenant: 'public' });
    }
  });

  it('may name its tenant and groups in claims of other providers', async () => {
    const verify = verifier({ tenantClaim: 'org' });
    expect(await verify(await token({ org: 'umbrella', groups: ['a'] }))).toMatchObject({
      tenant: 'umbrella',
      groups: ['a'],
    });
  });
});

describe('the issuer', () => {
  let close: (() => void) | undefined;
  afterEach(() => close?.());

  async function issuer(answer: RequestListener): Promise<string> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    close = () => void server.close().closeAllConnections();
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  }

  it('is asked for its keys once', async () => {
    const paths: (string | undefined)[] = [];
    const url = await issuer((request, response) => {
      paths.push(request.url);
      response.end(JSON.stringify(jwks));
    });
    const verify = verifier({ issuer: url, keys: undefined });
    for (let i = 0; i < 3; i++) await verify(await token({ iss: url }));
    expect(paths).toEqual(['/.well-known/jwks.json']);
  });

  it.each<[string, RequestListener]>([
    ['answers with an error', (_, response) => void response.writeHead(500).end()],
    ['answers with something else', (_, response) => void response.end('<html>')],
    ['answers with no key set', (_, response) => void response.end('{}')],
    ['hangs up', (request) => void request.socket.destroy()],
  ])("that %s is our trouble, not the token's", async (_name, answer) => {
    const url = await issuer(answer);
    const verify = verifier({ issuer: url, keys: undefined });
    await expect(verify(await token({ iss: url }))).rejects.toMatchObject({ code: 'upstream_failed', retryable: true });
  });
});
