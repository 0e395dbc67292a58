import { randomUUID } from 'node:crypto';
import { toChatCompletion, type ChatGateway } from '@plinth/gateway';
import type { AnswerRecord } from '@plinth/retrieval';
import type { AttributionOptions } from '@plinth/retrieval/answer';

/** Answers a question again over the governed path, as its asker: admitted, guarded, paid and recorded like any request of theirs. */
export function writeAgainOver(
  gateway: ChatGateway,
  options: { readonly answer: AnswerRecord; readonly authorization: string | undefined; readonly signal: AbortSignal },
): AttributionOptions['writeAgain'] {
  const { answer, authorization, signal } = options;
  return async (exclude) => {
    // The gateway ends a request by aborting it, and that must not end the others.
    const controller = new AbortController();
    const leave = () => controller.abort(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    try {
      const body = {
        model: answer.models.generator,
        temperature: 0,
        messages: [{ role: 'user', content: answer.query }],
        rag: { ...answer.search, exclude },
      };
      const bytes = Buffer.from(JSON.stringify(body));
      const run = await gateway({ requestId: randomUUID(), authorization, body: bytes, controller });
      const completion = await toChatCompletion(run);
      return { text: completion.choices[0]?.message.content ?? '', groundedness: completion.plinth?.groundedness };
    } finally {
      signal.removeEventListener('abort', leave);
    }
  };
}
