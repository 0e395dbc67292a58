import { describe, expect, it } from 'vitest';
import { createClaimsIdentify, type VerifiedClaims } from './claims.ts';

const NOW = Date.parse('2026-11-25T10:00:00Z');
const CLAIMS: VerifiedClaims = {
  iss: 'https://issuer.example/pool',
  aud: 'client',
  sub: 'u-1',
  exp: String(NOW / 1_000 + 60),
  'custom:tenant': 'acme',
  'cognito:groups': 'staff,board',
};

function identify(claims: VerifiedClaims | undefined, groupsClaim?: string) {
  return createClaimsIdentify({
    claims: () => claims,
    keys: { getTenant: () => Promise.resolve(undefined) },
    clock: { now: () => NOW },
    issuer: 'https://issuer.example/pool',
    audience: 'client',
    groupsClaim,
    defaultTenantLimits: { requestsPerMinute: 5 },
    userLimits: {},
  })('Bearer whatever a caller writes');
}

describe('claims that API Gateway verified', () => {
  it('say who is calling, of which tenant and in which groups', async () =>
    expect(await identify(CLAIMS)).toMatchObject({
      tenant: 'acme',
      principal: 'user:u-1',
      kind: 'user',
      groups: ['staff', 'board'],
      tenantLimits: { requestsPerMinute: 5 },
    }));

  it.each([
    ['none at all', undefined, 'invalid_token'],
    ['another issuer', { ...CLAIMS, iss: 'https://evil.example' }, 'invalid_token'],
    ['another audience', { ...CLAIMS, aud: 'other' }, 'invalid_token'],
    ['no subject', { ...CLAIMS, sub: '' }, 'invalid_token'],
    ['an expiry that has passed', { ...CLAIMS, exp: String(NOW / 1_000) }, 'invalid_token'],
    ['no expiry', { ...CLAIMS, exp: undefined }, 'invalid_token'],
    ['an expiry that is no time', { ...CLAIMS, exp: 'soon' }, 'invalid_token'],
    ['no tenant', { ...CLAIMS, 'custom:tenant': undefined }, 'permission_denied'],
    ['a tenant that is no name', { ...CLAIMS, 'custom:tenant': 'a b' }, 'permission_denied'],
  ])('are refused with %s', (_name, claims, code) => expect(identify(claims)).rejects.toMatchObject({ code }));

  it('take an expiry in words, as REST APIs hand it over', async () => {
    expect(await identify({ ...CLAIMS, exp: 'Wed Nov 25 10:00:01 UTC 2026' })).toMatchObject({ tenant: 'acme' });
    await expect(identify({ ...CLAIMS, exp: 'Wed Nov 25 09:59:59 UTC 2026' })).rejects.toMatchObject({
      code: 'invalid_token',
    });
  });

  it.each([
    ['a list', ['a', 'b'], ['a', 'b']],
    ['JSON', '["a","b"]', ['a', 'b']],
    ['brackets and spaces', '[a b]', ['a', 'b']],
    ['brackets and commas', '[a, b]', ['a', 'b']],
    ['commas', 'a,b', ['a', 'b']],
    ['one name', 'a', ['a']],
    ['a name with a space, which is no name', 'hr admin', []],
    ['nothing', undefined, []],
    ['an empty list', '[]', []],
  ])('hold groups written as %s', async (_name, groups, expected) =>
    expect((await identify({ ...CLAIMS, 'custom:groups': groups }, 'custom:groups')).groups).toEqual(expected),
  );
});
