import { expect, it } from 'vitest';
import { PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, valueOf } from '../testing/index.ts';
import { SigningKey } from './signing-key.ts';

it('keeps an Ed25519 key in KMS, hands out its public half, and lets a role sign in one way', async () => {
  let pem = '';
  let statement: unknown;
  const resources = await registered(async () => {
    const key = new SigningKey('bundles', { placement: PLACEMENT, description: 'Signs bundles.' });
    pem = await valueOf(key.publicKeyPem);
    const { Resource, ...grant } = key.grantSign();
    statement = { ...grant, Resource: [await valueOf((Resource as string[])[0]!)] };
  });
  expect(only(resources, 'aws:kms/key:Key').inputs).toMatchObject({
    keyUsage: 'SIGN_VERIFY',
    customerMasterKeySpec: 'ECC_NIST_EDWARDS25519',
    deletionWindowInDays: 30,
  });
  expect(pem).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  expect(statement).toMatchObject({
    Action: ['kms:Sign'],
    Resource: [expect.stringMatching(/bundles-id$/)],
    Condition: { StringEquals: { 'kms:SigningAlgorithm': 'ED25519_SHA_512', 'kms:MessageType': 'RAW' } },
  });
});
