import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLibrary } from '../testing/library-harness.ts';

let library: Awaited<ReturnType<typeof openLibrary>>;
beforeEach(async () => {
  library = await openLibrary();
});
afterEach(() => library.close());

async function accept(documentId: string, text: string, tenant = 'acme') {
  return library.acceptor.accept(
    { tenant, documentId, name: documentId, groups: ['staff'], body: Buffer.from(text) },
    { signal: new AbortController().signal },
  );
}
const entry = (documentId: string) => library.index.entries.get(JSON.stringify(['acme', documentId]));

describe('a document', () => {
  it('is parsed, cut, embedded and written, with one vector per chunk in order', async () => {
    await accept('a.txt', 'one\ntwo\nthree');
    await library.work();
    const { record, indexed } = entry('a.txt')!;
    expect(record).toMatchObject({ state: 'indexed', version: 1, indexedVersion: 1, passages: 3 });
    const expected = await library.embedder.embed(['one', 'two', 'three']);
    expect(indexed!.vectors).toEqual(expected);
  });

  it('has each text embedded once: in it, in another document, in a newer version', async () => {
    await accept('a.txt', 'same\nsame\nown');
    await library.work();
    await accept('b.txt', 'same\nother');
    await accept('a.txt', 'same\nown\nnewer');
    await library.work();
    expect(library.embedder.calls.reduce((sum, texts) => sum + texts, 0)).toBe(4);
    expect(entry('a.txt')!.record).toMatchObject({ indexedVersion: 2, passages: 3 });
    expect(entry('a.txt')!.indexed!.vectors[0]).toEqual(entry('b.txt')!.indexed!.vectors[0]);
  });

  it('does not share vectors with another tenant', async () => {
    await accept('a.txt', 'same');
    await accept('a.txt', 'same', 'other');
    await library.work();
    expect(library.embedder.calls).toEqual([1, 1]);
  });

  it('is embedded in calls of bounded size', async () => {
    await accept('long.txt', Array.from({ length: 100 }, (_, n) => `line ${n}`).join('\n'));
    await library.work();
    expect(library.embedder.calls).toEqual([32, 32, 32, 4]);
  });

  it.each([
    ['cannot be read', '%broken', /cannot be read/],
    ['has no text', '\n\n', /no text/],
  ])('that %s fails with the reason, and stays so until it is sent again', async (_, text, reason) => {
    await accept('a.txt', text);
    await library.work();
    expect(entry('a.txt')!.record).toMatchObject({ state: 'failed', reason: expect.stringMatching(reason) as string });
    expect(await accept('a.txt', text)).toMatchObject({ unchanged: false, record: { version: 2 } });
  });

  it('whose newer version cannot be read is found as it was before', async () => {
    await accept('a.txt', 'first');
    await library.work();
    await accept('a.txt', '%broken');
    await library.work();
    expect(entry('a.txt')!.record).toMatchObject({ state: 'failed', version: 2, indexedVersion: 1 });
    expect(entry('a.txt')!.indexed!.text).toBe('first');
  });

  it('whose original is gone or is another one is not indexed', async () => {
    await accept('a.txt', 'gone');
    await accept('b.txt', 'right');
    await library.objects.delete(entry('a.txt')!.offer.objectKey);
    await library.objects.put(entry('b.txt')!.offer.objectKey, Buffer.from('wrong'), { maxBytes: 10 });
    await library.work();
    expect(entry('a.txt')!.record).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/no longer/) as string,
    });
    expect(entry('b.txt')!.indexed).toBeUndefined();
  });

  it('sent again as it was changes nothing', async () => {
    await accept('a.txt', 'text');
    await library.work();
    expect(await accept('a.txt', 'text')).toMatchObject({ unchanged: true, record: { version: 1, state: 'indexed' } });
    expect(library.index.jobs).toHaveLength(1);
  });
});
