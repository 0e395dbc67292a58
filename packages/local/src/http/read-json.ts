import type { Context } from 'hono';
import * as z from 'zod';
import { PlatformError } from '@plinth/contracts';

/** Longest request body taken, bytes. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** The request's JSON body, checked against `schema`. Every problem is a PlatformError that names the field. */
export async function readJson<T extends z.core.$ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  return check(schema, parseJson(new Uint8Array(await c.req.arrayBuffer())));
}

export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new PlatformError('invalid_json', 'The body is not JSON in UTF-8.', { cause: error });
  }
}

export function check<T extends z.core.$ZodType>(schema: T, value: unknown): z.output<T> {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const param = issue?.path.join('.') ?? '';
  throw new PlatformError('invalid_request', `${param || 'body'}: ${issue?.message ?? 'is not as expected'}`, {
    cause: result.error,
    param: param || undefined,
  });
}
