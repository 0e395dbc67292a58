import { PlatformError } from '@plinth/contracts';
import { readBody, type FrontContext } from '@plinth/front';

/** What a schema of contracts says of a value: as much of it as is needed here. */
interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: { issues: readonly Issue[] } };
}
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The body, bounded and checked. Nothing of it is repeated in a refusal. */
export async function parseBody<T>(context: FrontContext, schema: Schema<T>, limit: number): Promise<T> {
  const bytes = await readBody(context, limit);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // Without the parser's error as its cause: that quotes the body.
    throw new PlatformError('invalid_json', 'The body is not valid JSON.');
  }
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
