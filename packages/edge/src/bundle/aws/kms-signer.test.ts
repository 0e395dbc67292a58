import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { NOON, someContents } from '../../testing/bundle-author.ts';
import { composeBundle } from '../compose-bundle.ts';
import { trustedKey } from '../dsse.ts';
import { verifyBundle } from '../verify.ts';
import { kmsSigner } from './kms-signer.ts';

const ARN = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const pair = generateKeyPairSync('ed25519');
const key = trustedKey(pair.publicKey.export({ type: 'spki', format: 'pem' }).toString());

/** Signs as KMS does with an ECC_NIST_EDWARDS25519 key (KMS API reference, Sign), and refuses as it does. */
let server: Server;
let endpoint: string;
const asked: Record<string, unknown>[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const call = JSON.parse(body) as {
        KeyId: string;
        Message: string;
        MessageType: string;
        SigningAlgorithm: string;
      };
      asked.push({ target: request.headers['x-amz-target'], ...call });
      const message = Buffer.from(call.Message, 'base64');
      const answer = (status: number, value: object) =>
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(value));
      if (call.KeyId !== ARN) answer(400, { __type: 'NotFoundException', message: 'no such key' });
      else if (call.SigningAlgorithm !== 'ED25519_SHA_512' || call.MessageType !== 'RAW' || message.length > 4_096)
        answer(400, { __type: 'ValidationException', message: 'no' });
      else {
        const Signature = sign(null, message, pair.privateKey).toString('base64');
        answer(200, { KeyId: ARN, SigningAlgorithm: call.SigningAlgorithm, Signature });
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
});
afterEach(() => vi.unstubAllEnvs());

const bundle = {
  site: 'lab',
  sequence: 1,
  issuedAt: new Date(NOON),
  notAfter: new Date(NOON + 1),
  contents: someContents(),
};

describe('a key in KMS', () => {
  it('signs a bundle that its public half verifies, with the message as it is', async () => {
    const { envelope, statement } = await composeBundle(bundle, kmsSigner({ keyArn: ARN, keyid: key.keyid, endpoint }));
    expect(verifyBundle(envelope, { key, site: 'lab', now: NOON }).statement).toEqual(statement);
    expect(asked).toMatchObject([
      { target: 'TrentService.Sign', KeyId: ARN, MessageType: 'RAW', SigningAlgorithm: 'ED25519_SHA_512' },
    ]);
  });

  it('that does not sign is told with why', async () => {
    const keyArn = ARN.replace('1234abcd', '0000abcd');
    await expect(composeBundle(bundle, kmsSigner({ keyArn, keyid: key.keyid, endpoint }))).rejects.toThrow(
      /did not sign .*NotFoundException/,
    );
  });
});
