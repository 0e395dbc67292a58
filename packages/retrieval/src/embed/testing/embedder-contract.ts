import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Embedder } from '../../ports/embedder.ts';

const { signal } = new AbortController();

export interface OpenedEmbedder {
  readonly embedder: Embedder;
  close(): Promise<void>;
}

/** What the index relies on. @param open An embedder over a server that answers. */
export function describeEmbedderContract(name: string, open: () => Promise<OpenedEmbedder>): void {
  describe(`the embedder ${name}`, () => {
    let opened: OpenedEmbedder;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());
    const embed = (...texts: string[]) => opened.embedder.embed(texts, 'document', { signal });

    it('gives each text a vector of unit length and of the size the index records', async () => {
      const vectors = await embed('one', 'two words', 'three of them');
      expect(vectors).toHaveLength(3);
      for (const vector of vectors) {
        expect(vector).toBeInstanceOf(Float32Array);
        expect(vector).toHaveLength(opened.embedder.dimensions);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
      }
    });

    it('keeps the order over as many calls as it takes', async () => {
      // More than the largest batch of any adapter.
      const texts = Array.from({ length: 200 }, (_, at) => `text ${at}`);
      const [all, alone] = [await embed(...texts), await embed('text 137')];
      expect(all).toHaveLength(200);
      expect(all[137]).toEqual(alone[0]);
      expect(new Set(all.map((vector) => vector.join())).size).toBe(200);
    });

    it('embeds a question as well, and nothing when there is nothing', async () => {
      const [question] = await opened.embedder.embed(['how many?'], 'query', { signal });
      expect(question).toHaveLength(opened.embedder.dimensions);
      expect(await embed()).toEqual([]);
    });

    it('is not asked for somebody who has left', async () => {
      const gone = AbortSignal.abort(new Error('left'));
      await expect(opened.embedder.embed(['one'], 'query', { signal: gone })).rejects.toMatchObject({
        code: 'client_closed',
      });
    });
  });
}
