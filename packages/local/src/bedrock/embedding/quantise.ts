/** One number a dimension: 1 where the value is positive, else 0. Titan's `binary`. */
export function toBinary(vector: Float32Array): number[] {
  return Array.from(vector, (value) => (value > 0 ? 1 : 0));
}

/** Eight dimensions a byte, the first in the highest bit. Cohere's `ubinary`. */
export function toPackedBits(vector: Float32Array): number[] {
  const bytes = new Array<number>(Math.ceil(vector.length / 8)).fill(0);
  for (const [at, bit] of toBinary(vector).entries()) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (bit << (7 - (at & 7)));
  return bytes;
}

/** From -128 to 127, by the largest value of the vector. Cohere's own scale is its model's and not known. */
export function toInt8(vector: Float32Array): number[] {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return Array.from(vector, (value) => Math.round((value / largest) * 127));
}
