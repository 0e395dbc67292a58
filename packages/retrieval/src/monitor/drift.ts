import { seededRandom } from '../evaluate/seeded-random.ts';

/** How far two sets of unit vectors are apart. */
export interface Drift {
  /** Vectors that were compared. */
  readonly reference: number;
  readonly present: number;
  /** 1 − cosine of the two means: 0 where they point the same way. */
  readonly meanShift: number;
  /** Squared maximum mean discrepancy, unbiased: about 0 without drift, and it may be a little below. */
  readonly mmd: number;
  /** Share of random divisions of the same vectors that are as far apart or farther. */
  readonly pValue: number;
  readonly drifted: boolean;
}

/** Below this nothing is said: the discrepancy of a few questions is chance. */
export const LEAST_VECTORS = 30;
/** An alarm a month where one looks hourly would be too many: one in a hundred looks, and by an amount that can be felt. */
const ALPHA = 0.01;
const LEAST_MMD = 0.005;
const FEATURES = 256;
const DIVISIONS = 199;

/**
 * Whether questions (or answers) of two windows are of one distribution: maximum mean discrepancy under a Gaussian kernel (Gretton et al., A Kernel
 * Two-Sample Test, 2012), by a fixed map of random Fourier features (Rahimi and Recht, Random Features for Large-Scale Kernel Machines, 2007), which
 * makes it linear in the vectors; its p-value by random divisions of the same features. It sees what a shift of the mean does not: a topic that
 * splits in two, or one that spreads. The kernel's width is the median distance within the reference. Undefined where there are too few vectors.
 */
export function driftBetween(reference: readonly Float32Array[], present: readonly Float32Array[]): Drift | undefined {
  const [n, m] = [reference.length, present.length];
  if (n < LEAST_VECTORS || m < LEAST_VECTORS) return undefined;
  const map = featureMap(reference[0]!.length, medianDistance(reference));
  const features = [...reference, ...present].map(map);
  const total = sumOf(features);
  const random = seededRandom(2);
  const order = features.map((_, index) => index);
  const observed = discrepancy(features, order, n, total);
  let asFar = 0;
  for (let division = 0; division < DIVISIONS; division++) {
    shuffle(order, random);
    if (discrepancy(features, order, n, total) >= observed) asFar++;
  }
  const pValue = (asFar + 1) / (DIVISIONS + 1);
  return {
    reference: n,
    present: m,
    meanShift: 1 - cosine(sumOf(reference), sumOf(present)),
    mmd: observed,
    pValue,
    drifted: pValue <= ALPHA && observed >= LEAST_MMD,
  };
}

/** z(x) = √(2/D) cos(Wx + b), W drawn from the kernel's spectrum with a fixed seed: the same map for the same width everywhere. */
function featureMap(dimensions: number, width: number): (vector: Float32Array) => Float64Array {
  const random = seededRandom(1);
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const directions = Array.from({ length: FEATURES }, () =>
    Float64Array.from({ length: dimensions }, () => gaussian() / width),
  );
  const phases = Float64Array.from({ length: FEATURES }, () => 2 * Math.PI * random());
  const scale = Math.sqrt(2 / FEATURES);
  return (vector) =>
    Float64Array.from(directions, (direction, index) => {
      let angle = phases[index]!;
      for (let i = 0; i < dimensions; i++) angle += direction[i]! * vector[i]!;
      return scale * Math.cos(angle);
    });
}

/** Unbiased estimate of the squared discrepancy: the first `n` of `order` against the rest, pairs of a vector with itself left out. */
function discrepancy(
  features: readonly Float64Array[],
  order: readonly number[],
  n: number,
  total: Float64Array,
): number {
  const m = order.length - n;
  const first = new Float64Array(FEATURES);
  let [selfFirst, selfRest] = [0, 0];
  for (const [place, at] of order.entries()) {
    const feature = features[at]!;
    let square = 0;
    for (let i = 0; i < FEATURES; i++) square += feature[i]! ** 2;
    if (place >= n) {
      selfRest += square;
      continue;
    }
    selfFirst += square;
    for (let i = 0; i < FEATURES; i++) first[i]! += feature[i]!;
  }
  let [within, rest, across] = [0, 0, 0];
  for (let i = 0; i < FEATURES; i++) {
    const other = total[i]! - first[i]!;
    within += first[i]! ** 2;
    rest += other ** 2;
    across += first[i]! * other;
  }
  return (within - selfFirst) / (n * (n - 1)) + (rest - selfRest) / (m * (m - 1)) - (2 * across) / (n * m);
}

function medianDistance(vectors: readonly Float32Array[]): number {
  const random = seededRandom(3);
  const pick = () => vectors[Math.floor(random() * vectors.length)]!;
  const distances = Array.from({ length: 500 }, () => distance(pick(), pick())).filter((each) => each > 0);
  // All the same: any width will do.
  return Float64Array.from(distances).sort()[Math.floor(distances.length / 2)] ?? 1;
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}

function sumOf(vectors: readonly (Float32Array | Float64Array)[]): Float64Array {
  const sum = new Float64Array(vectors[0]!.length);
  for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]!;
  return sum;
}

function cosine(a: Float64Array, b: Float64Array): number {
  let [dot, left, right] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    left += a[i]! ** 2;
    right += b[i]! ** 2;
  }
  return left === 0 || right === 0 ? 1 : dot / Math.sqrt(left * right);
}

function shuffle(order: number[], random: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
}
