/** A JSON object. The page reads answers by hand: the schemas would weigh more than the rest of it. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The `data` of an OpenAI list, or undefined where this is not one. */
export function list(value: unknown): unknown[] | undefined {
  return isRecord(value) && Array.isArray(value.data) ? value.data : undefined;
}

/** Text, or an empty one. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The texts of a list; anything else in it is left out. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
