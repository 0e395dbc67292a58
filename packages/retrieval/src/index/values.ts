/** Text as PostgreSQL keeps it: no NUL and no half of a surrogate pair. Each is replaced by one code unit, so offsets hold. */
export function storable(text: string): string {
  return text.replace(/\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
}

/** As pgvector reads it. */
export function vectorText(vector: Float32Array): string {
  return `[${vector.join(',')}]`;
}

export function vectorFrom(text: string): Float32Array {
  return Float32Array.from(JSON.parse(text) as number[]);
}

export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
