import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import * as z from 'zod';
import { PlatformError } from '@plinth/contracts';
import { readJson } from '../http/read-json.ts';
import type { AccessKeys } from '../aws/access-keys.ts';

const TARGET = 'AWSCognitoIdentityService.';
const GetId = z.object({ IdentityPoolId: z.string().regex(/^[\w-]+:[0-9a-f-]{36}$/) });
const GetCredentials = z.object({ IdentityId: z.string().regex(/^[\w-]+:[0-9a-f-]{36}$/) });

/**
 * POST / in Cognito's protocol (JSON 1.1): the two calls a web page makes to get temporary credentials as a guest. Any identity pool id is
 * taken; the credentials are good for this server only.
 */
export async function cognitoIdentity(c: Context, keys: AccessKeys): Promise<Response> {
  const target = c.req.header('x-amz-target') ?? '';
  switch (target) {
    case `${TARGET}GetId`: {
      const { IdentityPoolId } = await readJson(c, GetId);
      return json({ IdentityId: `${IdentityPoolId.split(':')[0]}:${randomUUID()}` });
    }
    case `${TARGET}GetCredentialsForIdentity`: {
      const { IdentityId } = await readJson(c, GetCredentials);
      const { accessKeyId, secretKey, sessionToken, expiresAt } = keys.issue();
      const Expiration = Math.floor(expiresAt / 1_000);
      const Credentials = { AccessKeyId: accessKeyId, SecretKey: secretKey, SessionToken: sessionToken, Expiration };
      return json({ IdentityId, Credentials });
    }
    default:
      throw new PlatformError(
        'not_found',
        `POST / with x-amz-target ${target || '(none)'} is not an operation this server has.`,
      );
  }
}

function json(body: Record<string, unknown>): Response {
  return Response.json(body, { headers: { 'content-type': 'application/x-amz-json-1.1' } });
}
