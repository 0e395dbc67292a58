import { PlatformError } from '@plinth/contracts';
import { checkedBody, type BodySchema } from '@plinth/gateway';
import type { Context } from 'hono';
import { readBody } from './read-body.ts';

/** The body, bounded and checked. Nothing of it is repeated in a refusal. */
export async function parseBody<T>(context: Context, schema: BodySchema<T>, limit: number): Promise<T> {
  const bytes = await readBody(context, limit);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // Without the parser's error as its cause: that quotes the body.
    throw new PlatformError('invalid_json', 'The body is not valid JSON.');
  }
  return checkedBody(schema, value);
}
