import { ChatCompletionRequest, PlatformError, type BatchLine } from '@plinth/contracts';
import { NOTHING, worstCaseOf, type Router } from '@plinth/gateway';
import type { Amount } from '@plinth/stores';

/** The most a record can come to, by the bounds of a chat request. What the governed path will refuse comes to nothing. */
export function worstCaseOfLine({ body }: BatchLine, router: Router): Amount {
  const request = ChatCompletionRequest.safeParse(body);
  if (!request.success) return NOTHING;
  try {
    return worstCaseOf(request.data, router.resolve(request.data.model).model).amount;
  } catch (error) {
    if (PlatformError.from(error).status < 500) return NOTHING;
    throw error;
  }
}
