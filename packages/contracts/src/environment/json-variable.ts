import * as z from 'zod';

/** An environment variable that holds JSON, checked against `schema`. */
export function jsonVariable<T extends z.ZodType>(schema: T) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch (error) {
        context.addIssue({
          code: 'custom',
          message: `is not JSON: ${error instanceof Error ? error.message : 'unreadable'}`,
        });
        return z.NEVER;
      }
    })
    .pipe(schema);
}
