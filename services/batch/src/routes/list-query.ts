import { PlatformError } from '@plinth/contracts';
import type { FrontContext } from '@plinth/front';
import type { PageRequest } from '@plinth/stores/batches';

/** What one page holds at most, whatever more is asked for: OpenAI's clients ask for the next by themselves. */
const MOST = 100;
const ASKED = 10_000;

/** `limit` and `after` of a list, newest first. */
export function listQuery(context: FrontContext, fallback: number): PageRequest {
  const order = context.req.query('order');
  if (order !== undefined && order !== 'desc')
    throw new PlatformError('invalid_request', 'Lists come newest first: "order" is "desc".', { param: 'order' });
  const text = context.req.query('limit') ?? String(fallback);
  const limit = Number(text);
  if (!/^\d{1,5}$/.test(text) || limit < 1 || limit > ASKED)
    throw new PlatformError('invalid_request', `"limit" is a whole number from 1 to ${ASKED}.`, { param: 'limit' });
  return { limit: Math.min(limit, MOST), after: context.req.query('after') };
}

/** A page as OpenAI lists. */
export function listView<T extends { readonly id: string }>(data: readonly T[], more: boolean) {
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: more,
  };
}
