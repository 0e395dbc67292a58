import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBatch, requests, type BatchHarness } from './testing/batch-platform.ts';

let batch: BatchHarness;
let client: OpenAI;
beforeAll(async () => {
  batch = await openBatch({ idle: true, environment: { PLINTH_MAX_FILE_BYTES: 100_000 } });
  client = await batch.client();
});
afterAll(() => batch.close());

async function keys(): Promise<string[]> {
  const all: string[] = [];
  for await (const page of batch.objects.list('')) all.push(...page.map(({ key }) => key));
  return all;
}

const upload = (body: FormData | ArrayBuffer, headers: Record<string, string>) =>
  batch.app.request('/v1/files', { method: 'POST', body, headers });

describe('/v1/files', () => {
  it('takes a file from OpenAI’s client, tells of it, gives it back and deletes it', async () => {
    const made = await client.files.create({ file: await requests(['a', 'b']), purpose: 'batch' });
    expect(made).toMatchObject({ object: 'file', purpose: 'batch', filename: 'requests.jsonl', status: 'processed' });
    expect(await client.files.retrieve(made.id)).toEqual(made);
    const text = await (await client.files.content(made.id)).text();
    expect(text).toHaveLength(made.bytes);
    expect(text.split('\n')).toHaveLength(2);
    expect(await client.files.delete(made.id)).toEqual({ id: made.id, object: 'file', deleted: true });
    await expect(client.files.retrieve(made.id)).rejects.toMatchObject({ status: 404 });
    expect(await keys()).toEqual([]);
    const actions = (await batch.audit()).map(({ action, reason, outcome }) => ({ action, reason, outcome }));
    expect(actions).toEqual([
      { action: 'file.created', reason: made.id, outcome: 'allowed' },
      { action: 'file.deleted', reason: made.id, outcome: 'allowed' },
    ]);
  });

  it('lists newest first, page by page, for the client to walk through', async () => {
    const own = await batch.client({ tenant: 'lister' });
    const ids: string[] = [];
    for (let count = 0; count < 3; count++)
      ids.unshift((await own.files.create({ file: await requests(['a']), purpose: 'batch' })).id);
    const listed: string[] = [];
    for await (const { id } of own.files.list({ limit: 2 })) listed.push(id);
    expect(listed.sort()).toEqual(ids.sort());
    const page = await own.files.list({ limit: 2 });
    expect(page.has_more).toBe(true);
    expect((await own.files.list({ purpose: 'batch_output' })).data).toEqual([]);
    await expect(own.files.list({ limit: 0 })).rejects.toMatchObject({ status: 400, param: 'limit' });
    await expect(own.files.list({ order: 'asc' })).rejects.toMatchObject({ status: 400, param: 'order' });
  });

  it('shows nobody another tenant’s files', async () => {
    const { id } = await client.files.create({ file: await requests(['a']), purpose: 'batch' });
    const stranger = await batch.client({ tenant: 'globex' });
    for (const call of [
      () => stranger.files.retrieve(id),
      () => stranger.files.content(id),
      () => stranger.files.delete(id),
      () => stranger.files.list({ after: id }),
    ])
      await expect(call()).rejects.toMatchObject({ status: 404 });
    expect((await stranger.files.list()).data).toEqual([]);
    await expect(
      new OpenAI({
        baseURL: 'http://batch/v1',
        apiKey: 'plinth_no',
        maxRetries: 0,
        fetch: client['fetch'],
      }).files.list(),
    ).rejects.toMatchObject({ status: 401 });
  });

  it('gives a range of a file', async () => {
    const { id, bytes } = await client.files.create({
      file: await toFile(Buffer.from('0123456789'), 'digits.jsonl'),
      purpose: 'batch',
    });
    const get = async (range: string) => {
      const headers = { authorization: `Bearer ${client.apiKey}`, range };
      const response = await batch.app.request(`/v1/files/${id}/content`, { headers });
      return [response.status, response.headers.get('content-range'), await response.text()];
    };
    expect(await get('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234']);
    expect(await get('bytes=7-')).toEqual([206, 'bytes 7-9/10', '789']);
    expect(await get('bytes=-3')).toEqual([206, 'bytes 7-9/10', '789']);
    expect(await get('bytes=5-100')).toEqual([206, 'bytes 5-9/10', '56789']);
    expect(await get(`bytes=${bytes}-`)).toEqual([416, 'bytes */10', '']);
    expect(await get('bytes=4-2')).toEqual([200, null, '0123456789']);
    expect(await get('lines=1-2')).toEqual([200, null, '0123456789']);
  });
});

describe('an upload', () => {
  const form = (fields: Record<string, string | Blob>) => {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields))
      if (typeof value === 'string') data.append(name, value);
      else data.append(name, value, 'a.jsonl');
    return data;
  };
  const send = async (fields: Record<string, string | Blob>) => {
    const response = await upload(form(fields), { authorization: `Bearer ${client.apiKey}` });
    return {
      status: response.status,
      body: (await response.json()) as { error: { code: string; param: string; message: string } },
    };
  };
  const file = (bytes: number) => new Blob(['x'.repeat(bytes)]);

  it.each([
    ['over the bound', { purpose: 'batch', file: file(100_001) }, 413, 'request_too_large', 'file'],
    ['of another purpose', { file: file(9), purpose: 'fine-tune' }, 400, 'invalid_request', 'purpose'],
    ['without a purpose', { file: file(9) }, 400, 'invalid_request', 'purpose'],
    ['without a file', { purpose: 'batch' }, 400, 'invalid_request', 'file'],
    ['of nothing', { purpose: 'batch', file: file(0) }, 400, 'invalid_request', 'file'],
    [
      'that is to expire',
      { purpose: 'batch', 'expires_after[anchor]': 'created_at', file: file(9) },
      400,
      'unsupported_feature',
      'expires_after',
    ],
  ])('%s is refused, and nothing of it is kept', async (_, fields, status, code, param) => {
    const before = await keys();
    expect(await send(fields as Record<string, string | Blob>)).toMatchObject({
      status,
      body: { error: { code, param } },
    });
    expect(await keys()).toEqual(before);
  });

  it('that breaks off is told so, and nothing of it is kept', async () => {
    const before = await keys();
    const whole = new Response(form({ purpose: 'batch', file: file(5_000) }));
    const type = whole.headers.get('content-type') ?? '';
    const bytes = await whole.arrayBuffer();
    const response = await upload(bytes.slice(0, 3_000), {
      authorization: `Bearer ${client.apiKey}`,
      'content-type': type,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('broke off') } });
    expect(await keys()).toEqual(before);
  });

  it('that says how large it is is refused before it is read', async () => {
    const read = { bytes: 0 };
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        read.bytes += 1_000;
        controller.enqueue(new Uint8Array(1_000));
      },
    });
    const response = await batch.app.request('/v1/files', {
      method: 'POST',
      body,
      headers: {
        authorization: `Bearer ${client.apiKey}`,
        'content-type': 'multipart/form-data; boundary=b',
        'content-length': '10000000',
      },
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
    expect(read.bytes).toBeLessThan(10_000);
  });
});

describe('what a tenant may keep', () => {
  it('is bounded in files and in bytes, all its keys together', async () => {
    const small = await openBatch({ idle: true, environment: { PLINTH_MAX_FILES: 2, PLINTH_MAX_STORED_BYTES: 1_000 } });
    const [ann, bob] = [await small.client(), await small.client({ principal: 'bob' })];
    const put = async (own: OpenAI, bytes: number) =>
      own.files.create({ file: await toFile(Buffer.alloc(bytes, 'x'), 'a.jsonl'), purpose: 'batch' });
    const first = await put(ann, 600);
    await expect(put(bob, 600)).rejects.toMatchObject({ status: 403, message: expect.stringContaining('1200 bytes') });
    await put(bob, 300);
    await expect(put(ann, 1)).rejects.toMatchObject({ status: 403, message: expect.stringContaining('3 files') });
    await ann.files.delete(first.id);
    await put(ann, 1);
    await put(await small.client({ tenant: 'globex' }), 900);
    await small.close();
  });
});
