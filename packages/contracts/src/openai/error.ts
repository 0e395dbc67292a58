import type { PlatformError } from '../errors.ts';
import * as z from '../zod.ts';

/** OpenAI's error body, with our `request_id` and `retryable` beside its own fields. */
export const OpenAIErrorBody = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    param: z.nullable(z.string()),
    code: z.string(),
    retryable: z.boolean(),
    request_id: z.optional(z.string()),
  }),
});
export type OpenAIErrorBody = z.infer<typeof OpenAIErrorBody>;

export function toOpenAIError(error: PlatformError, requestId?: string): OpenAIErrorBody {
  return {
    error: {
      message: error.message,
      type: error.type,
      param: error.param ?? null,
      code: error.code,
      retryable: error.retryable,
      ...(requestId === undefined ? {} : { request_id: requestId }),
    },
  };
}
