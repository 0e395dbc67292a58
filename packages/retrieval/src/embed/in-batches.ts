/** Calls `embed` for runs of at most `size` texts, `atOnce` of them at a time, and puts the vectors back in order. The first failure ends it. */
export async function inBatches(
  texts: readonly string[],
  options: { readonly size: number; readonly atOnce: number },
  embed: (batch: readonly string[]) => Promise<readonly Float32Array[]>,
): Promise<Float32Array[]> {
  const vectors = new Array<Float32Array>(texts.length);
  let next = 0;
  const work = async () => {
    while (next < texts.length) {
      const first = next;
      next += options.size;
      const batch = await embed(texts.slice(first, first + options.size));
      for (const [index, vector] of batch.entries()) vectors[first + index] = vector;
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.atOnce, Math.ceil(texts.length / options.size)) }, work));
  return vectors;
}
