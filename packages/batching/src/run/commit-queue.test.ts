import type { RecordResult } from '@plinth/stores/batches';
import { expect, it } from 'vitest';
import { CommitQueue } from './commit-queue.ts';

const result = (ordinal: number, line = 'x'): RecordResult => {
  return { ordinal, line, failed: false, used: { inputTokens: 0, outputTokens: 0, nanoUsd: 0 } };
};

/** A queue whose commits end when they are told to. */
function queue() {
  const commits: { readonly ordinals: readonly number[]; resolve: () => void; reject: (error: Error) => void }[] = [];
  const queue = new CommitQueue(
    (results) =>
      new Promise((resolve, reject) => {
        commits.push({ ordinals: results.map(({ ordinal }) => ordinal), resolve, reject });
      }),
  );
  return { commits, add: (...args: Parameters<typeof result>) => queue.add(result(...args)) };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

it('writes what came while the commit before was written in one commit', async () => {
  const { commits, add } = queue();
  const added = [add(0), add(1)];
  await turn();
  added.push(add(2), add(3), add(4));
  await turn();
  expect(commits.map(({ ordinals }) => ordinals)).toEqual([[0, 1]]);
  commits[0]!.resolve();
  await turn();
  expect(commits[1]!.ordinals).toEqual([2, 3, 4]);
  commits[1]!.resolve();
  await Promise.all(added);
});

it('bounds a commit by count and by size, and takes what is larger alone', async () => {
  const { commits, add } = queue();
  const added = Array.from({ length: 501 }, (_, ordinal) => add(ordinal));
  for (const size of [3_000_000, 3_000_000, 5_000_000]) added.push(add(0, 'x'.repeat(size)));
  const sizes: number[] = [];
  for (let at = 0; at < 4; at++) {
    await turn();
    sizes.push(commits[at]!.ordinals.length);
    commits[at]!.resolve();
  }
  expect(sizes).toEqual([500, 2, 1, 1]);
  await Promise.all(added);
});

it('fails those whose commit failed, and no others', async () => {
  const { commits, add } = queue();
  const first = add(0);
  await turn();
  const second = add(1);
  commits[0]!.reject(new Error('away'));
  await expect(first).rejects.toThrow('away');
  await turn();
  commits[1]!.resolve();
  await second;
});
