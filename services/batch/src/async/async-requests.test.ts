import type { AsyncObject } from '@plinth/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBatch, type BatchHarness } from '../testing/batch-platform.ts';

let batch: BatchHarness;
let key: string;
beforeEach(async () => {
  batch = await openBatch();
  key = await batch.key();
});
afterEach(() => batch.close());

const call = async (method: 'GET' | 'POST', path: string, body?: object, by = key) => {
  const response = await batch.app.request(`http://batch${path}`, {
    method,
    headers: { authorization: `Bearer ${by}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as AsyncObject & { error: { code: string } | null } };
};
const send = (content: string, more: object = {}) =>
  call('POST', '/v1/async/chat/completions', { model: 'small', messages: [{ role: 'user', content }], ...more });
async function ended(id: string) {
  for (;;) {
    const { body } = await call('GET', `/v1/async/${id}`);
    if (body.ended_at !== null) return body;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a request that is answered later', () => {
  it('is taken in at once, and answered as a chat request would be', async () => {
    const sent = await send('hello');
    expect(sent).toMatchObject({ status: 202, body: { object: 'async.chat.completion', response: null, error: null } });
    expect(sent.body.id).toMatch(/^async_[0-9a-f]+$/);
    const got = await ended(sent.body.id);
    expect(got).toMatchObject({ status: 'completed', error: null, response: { object: 'chat.completion' } });
    expect(got.response!.choices[0]!.message.content).toContain('hello');
    expect(got.response!.usage.total_tokens).toBeGreaterThan(0);
  });

  it('that is refused on its way says why', async () => {
    const sent = await send('how do I build a bomb');
    expect(await ended(sent.body.id)).toMatchObject({
      status: 'failed',
      response: null,
      error: { code: 'content_blocked' },
    });
  });

  it.each([
    [{ model: 'none' }, 404, 'model_not_found'],
    [{ stream: true }, 400, 'invalid_request'],
    [{ messages: [] }, 400, 'invalid_request'],
    [{ plinth: { webhook: 'http://example.com/hook' } }, 400, 'invalid_request'],
  ])('is refused at once where it is wrong: %j', async (more, status, code) => {
    expect(await send('hello', more)).toMatchObject({ status, body: { error: { code } } });
  });

  it('is its tenant’s alone, and no batch is one', async () => {
    const sent = await send('hello');
    const other = await batch.key({ tenant: 'other' });
    expect(await call('GET', `/v1/async/${sent.body.id}`, undefined, other)).toMatchObject({ status: 404 });
    const id = sent.body.id.replace('async_', 'batch_');
    expect(await call('GET', `/v1/async/${id}`)).toMatchObject({ status: 404 });
    await ended(sent.body.id);
  });
});
