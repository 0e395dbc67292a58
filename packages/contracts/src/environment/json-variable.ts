import * as z from '../zod.ts';

/** An environment variable that holds JSON, checked against `schema`. */
export function jsonVariable<T extends z.core.$ZodType>(schema: T) {
  const json = z.transform((text: string, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      // The parser's own words would quote the value, which may hold a secret.
      context.issues.push({ code: 'custom', message: 'is not JSON', input: text });
      return z.NEVER;
    }
  });
  return z.pipe(z.pipe(z.string(), json), schema);
}
