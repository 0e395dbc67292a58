import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reranker } from '../../ports/reranker.ts';

const { signal } = new AbortController();
const QUESTION = 'How many days of leave are there?';
const PASSAGES = ['Travel is paid by the kilometre.', QUESTION, 'Bicycles stand in the yard.', 'Lunch is at noon.'];

/** What whoever ranks by a reranker relies on. @param open A reranker over a server that answers. */
export function describeRerankerContract(
  name: string,
  open: () => Promise<{ readonly reranker: Reranker; close(): Promise<void> }>,
): void {
  describe(`the reranker ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());
    const score = (passages: readonly string[], question = QUESTION) =>
      opened.reranker.score(question, passages, { signal });

    it('gives one score per passage, and the highest to the one that says the same as the question', async () => {
      const scores = await score(PASSAGES);
      expect(scores).toHaveLength(PASSAGES.length);
      expect(scores.every(Number.isFinite)).toBe(true);
      expect(scores.indexOf(Math.max(...scores))).toBe(1);
    });

    it('judges each passage by itself: the order they are given in changes no score', async () => {
      const [scores, turned] = await Promise.all([score(PASSAGES), score(PASSAGES.toReversed())]);
      expect(turned.toReversed()).toEqual(scores);
    });

    it('gives equal passages equal scores, and takes a hundred of them', async () => {
      const scores = await score(Array.from({ length: 100 }, (_, at) => PASSAGES[at % 4]!));
      expect(scores).toHaveLength(100);
      expect(new Set(scores).size).toBe(4);
    });

    it('has nothing to say of no passage, and a number for one without words or of great length', async () => {
      expect(await score([])).toEqual([]);
      const scores = await score(['', 'leave '.repeat(20_000)]);
      expect(scores.map(Number.isFinite)).toEqual([true, true]);
    });

    it('is not asked for somebody who has left', async () => {
      const gone = AbortSignal.abort(new Error('left'));
      await expect(opened.reranker.score(QUESTION, PASSAGES, { signal: gone })).rejects.toMatchObject({
        code: 'client_closed',
      });
    });
  });
}
