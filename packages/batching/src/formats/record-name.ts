/** Names a record in an engine's file by its place in the shard: 11 letters and digits, the shortest common ground of the engines. */
export function recordName(ordinal: number): string {
  return `R${ordinal.toString().padStart(10, '0')}`;
}

/** The place that is named; undefined for any other name. */
export function ordinalOf(name: unknown): number | undefined {
  return typeof name === 'string' && /^R\d{10}$/.test(name) ? Number(name.slice(1)) : undefined;
}
