import { ConverseCommand, ConverseStreamCommand, CountTokensCommand } from '@aws-sdk/client-bedrock-runtime';
import { PlatformError, type ErrorCode } from '@plinth/contracts';
import { describe, expect, it } from 'vitest';
import { MODEL, ask, useBedrockServer } from './__fixtures__/bedrock-server.ts';

const server = useBedrockServer();

describe('CountTokens', () => {
  it('counts a conversation and a native body', async () => {
    const input = { converse: { messages: ask('one two three').messages } };
    expect((await server.client.send(new CountTokensCommand({ modelId: MODEL, input }))).inputTokens).toBe(3);
    const body = new TextEncoder().encode(JSON.stringify({ prompt: 'one two' }));
    const native = new CountTokensCommand({ modelId: MODEL, input: { invokeModel: { body } } });
    expect((await server.client.send(native)).inputTokens).toBe(2);
  });
});

describe('errors before the answer', () => {
  it.each([
    ['overloaded', 'ThrottlingException', 429],
    ['upstream_timeout', 'ModelTimeoutException', 408],
    ['upstream_failed', 'ModelErrorException', 424],
    ['upstream_throttled', 'ServiceUnavailableException', 503],
    ['permission_denied', 'AccessDeniedException', 403],
    ['context_length_exceeded', 'ValidationException', 400],
    ['internal', 'InternalServerException', 500],
  ] as const)('says %s as %s with status %i', async (code: ErrorCode, name, status) => {
    server.engine.play({ failBefore: new PlatformError(code, 'Why.') });
    const wrong = { name, message: 'Why.', $metadata: { httpStatusCode: status } };
    await expect(server.client.send(new ConverseCommand(ask('hi')))).rejects.toMatchObject(wrong);
    await expect(server.client.send(new ConverseStreamCommand(ask('hi')))).rejects.toMatchObject(wrong);
  });

  it('is ResourceNotFoundException for a model that is not served', async () => {
    const send = server.client.send(new ConverseCommand({ ...ask('hi'), modelId: 'anthropic.claude-unknown-v1:0' }));
    await expect(send).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('lets nobody in without a well-formed signature of a known key', async () => {
    const stranger = server.connect('AKIDSTRANGER');
    await expect(stranger.send(new ConverseCommand(ask('hi')))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      $metadata: { httpStatusCode: 403 },
    });
    stranger.destroy();
    for (const headers of [undefined, { authorization: 'AWS4-HMAC-SHA256 Credential=nonsense' }]) {
      const response = await fetch(`${server.url}/model/${MODEL}/converse`, { method: 'POST', headers });
      expect(response.status).toBe(403);
      expect(response.headers.get('x-amzn-errortype')).toBe('AccessDeniedException');
    }
  });

  it('takes broken JSON and over-long bodies without harm', async () => {
    const post = (body: string | Uint8Array<ArrayBuffer>) =>
      fetch(`${server.url}/model/${MODEL}/converse`, {
        method: 'POST',
        headers: { authorization: 'Bearer local' },
        body,
      });
    expect((await post('{')).headers.get('x-amzn-errortype')).toBe('SerializationException');
    expect((await post(new Uint8Array([0x22, 0xff, 0x22]))).status).toBe(400);
    expect((await post('x'.repeat(5 * 1024 * 1024))).status).toBe(400);
  });
});

describe('browsers', () => {
  it('get temporary credentials in the protocol of Cognito, good for this server', async () => {
    const call = async (operation: string, body: unknown) => {
      const headers = {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityService.${operation}`,
      };
      return (await fetch(server.url, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    };
    const pool = { IdentityPoolId: 'us-east-1:00000000-0000-4000-8000-000000000000' };
    const identity = (await call('GetId', pool)) as { IdentityId: string };
    const { Credentials } = (await call('GetCredentialsForIdentity', identity)) as {
      Credentials: { AccessKeyId: string; SecretKey: string; SessionToken: string; Expiration: number };
    };
    expect(Credentials.Expiration * 1_000).toBeGreaterThan(Date.now());
    const guest = server.connect(Credentials.AccessKeyId);
    expect((await guest.send(new ConverseCommand(ask('hi')))).stopReason).toBe('end_turn');
    guest.destroy();
    expect(await call('DeleteEverything', {})).toMatchObject({ message: expect.stringContaining('DeleteEverything') });
  });

  const preflight = (origin: string) =>
    fetch(`${server.url}/model/${MODEL}/invoke-with-response-stream`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,x-amz-date,content-type',
      },
    });

  it('lets pages of this machine call, and no others', async () => {
    const own = await preflight('http://localhost:5173');
    expect(own.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    expect(own.headers.get('access-control-allow-headers')).toContain('x-amz-date');
    for (const origin of ['https://evil.example', 'http://localhost.evil.example', 'null']) {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});
