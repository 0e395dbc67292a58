import { describe, expect, it } from 'vitest';
import { seededRandom } from '../evaluate/seeded-random.ts';
import { driftBetween } from './drift.ts';

const DIMENSIONS = 32;

/** Unit vectors around a direction. */
function cloud(seed: number, count: number, axes: readonly number[], noise = 0.5): Float32Array[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, at) => {
    const vector = Float32Array.from({ length: DIMENSIONS }, () => noise * (random() - 0.5));
    vector[axes[at % axes.length]!]! += 1;
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  });
}

describe('drift', () => {
  it('is not found between two samples of one distribution, but for about one in a hundred', () => {
    let alarms = 0;
    for (let seed = 0; seed < 30; seed++)
      if (driftBetween(cloud(2 * seed + 1, 80, [0, 1, 2]), cloud(2 * seed + 2, 60, [0, 1, 2]))!.drifted) alarms++;
    expect(alarms).toBeLessThanOrEqual(1);
  });

  it('is found when the questions are about something else', () => {
    const drift = driftBetween(cloud(1, 100, [0, 1]), cloud(2, 100, [2, 3]))!;
    expect(drift).toMatchObject({ reference: 100, present: 100, pValue: 0.005, drifted: true });
    expect(drift.meanShift).toBeGreaterThan(0.5);
  });

  it('is found when a part of the questions is, and grows with it', () => {
    const reference = cloud(1, 200, [0, 1]);
    const mixed = (share: number) => [...cloud(2, 200 - share, [0, 1]), ...cloud(3, share, [5])];
    const [some, more] = [40, 120].map((share) => driftBetween(reference, mixed(share))!);
    expect(some!.drifted).toBe(true);
    expect(more!.mmd).toBeGreaterThan(some!.mmd);
    expect(more!.meanShift).toBeGreaterThan(some!.meanShift);
  });

  it('is found where the mean stays and the questions spread', () => {
    // Opposite directions in equal parts: the mean of all stays near the first axis.
    const spread = cloud(2, 200, [0]).map((vector, at) => {
      const moved = Float32Array.from(vector);
      moved[1]! += at % 2 === 0 ? 0.8 : -0.8;
      const length = Math.hypot(...moved);
      return moved.map((value) => value / length);
    });
    const drift = driftBetween(cloud(1, 200, [0]), spread)!;
    expect(drift.meanShift).toBeLessThan(0.01);
    expect(drift.drifted).toBe(true);
  });

  it('is the same every time, and none between a set and itself', () => {
    const [a, b] = [cloud(1, 50, [0, 1]), cloud(2, 50, [0, 2])];
    expect(driftBetween(a, b)).toEqual(driftBetween(a, b));
    expect(driftBetween(a, a)).toMatchObject({ meanShift: expect.closeTo(0, 6), drifted: false });
  });

  it('is not judged by a few', () => {
    expect(driftBetween(cloud(1, 29, [0]), cloud(2, 500, [1]))).toBeUndefined();
    expect(driftBetween([], [])).toBeUndefined();
  });
});
