/** A JSON object. The page reads answers by hand: the schemas would weigh more than the rest of it. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The `data` of an OpenAI list, or undefined where this is not one. */
export function list(value: unknown): unknown[] | undefined {
  return isRecord(value) && Array.isArray(value.data) ? value.data : undefined;
}
