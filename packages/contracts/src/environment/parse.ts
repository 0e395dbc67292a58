import { PlatformError } from '../errors.ts';
import * as z from '../zod.ts';

/** Reads a service's environment once, at its entry point. Every wrong variable is named in one error, with what it should be. */
export function parseEnvironment<T extends z.core.$ZodType>(
  schema: T,
  variables: Record<string, string | undefined>,
): z.output<T> {
  const result = z.safeParse(schema, variables);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `  ${issue.path.join('.') || '(environment)'}: ${issue.message}`);
  throw new PlatformError('configuration', `The environment is not usable:\n${lines.join('\n')}`);
}
