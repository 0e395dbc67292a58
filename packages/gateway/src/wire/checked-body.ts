import { PlatformError } from '@plinth/contracts';

/** What a schema of contracts says of a value: as much of it as is needed here. */
export interface BodySchema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: { issues: readonly Issue[] } };
}
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** A body as its schema has it. A refusal names the field and says what it should be; nothing of the body is repeated in it. */
export function checkedBody<T>(schema: BodySchema<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const param = issue?.path.join('.') ?? '';
  throw new PlatformError(
    'invalid_request',
    `${param === '' ? 'The body' : `"${param}"`} is not usable: ${issue?.message ?? 'unknown'}.`,
    param === '' ? {} : { param },
  );
}
